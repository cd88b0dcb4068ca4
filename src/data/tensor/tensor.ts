import { InterplayError } from '../../errors/index.ts'
import type { Splits } from '../items.ts'

/** One way along which a tensor is indexed by numbers: a place, a time, a dose. */
export interface TensorMode {
  name: string
  /** What becomes 0 and 1; coordinates already lie within [0, 1] where left out. */
  scale?: { low: number; high: number }
}

/** Some entries of a tensor whose indices are real numbers. */
export interface TensorEntries {
  modes: readonly TensorMode[]
  /** As they were measured: [entries, modes]. */
  coordinates: Float64Array
  /** What was measured, [entries]; absent where it is asked for. */
  values?: { name: string; data: Float64Array }
  splits?: Splits
}

export const entriesOf = ({ modes, coordinates }: TensorEntries): number => coordinates.length / modes.length

/** A coordinate as its mode's scale has it. */
export const scaled = ({ scale }: TensorMode, coordinate: number): number =>
  scale ? (coordinate - scale.low) / (scale.high - scale.low) : coordinate

/** A scaled coordinate as it was measured. */
export const unscaled = ({ scale }: TensorMode, position: number): number =>
  scale ? scale.low + position * (scale.high - scale.low) : position

/**
 * @throws InterplayError `data/empty`, `data/columns`, `data/duplicate-field`, `data/constant`, `data/not-finite`,
 * `data/out-of-range`, `data/target-missing`, `data/target-constant`
 */
export function checkTensor(tensor: TensorEntries, purpose: 'fit' | 'predict'): void {
  const { modes, coordinates, values } = tensor
  if (modes.length < 2) {
    throw new InterplayError(
      'data/columns',
      `a tensor has two modes or more, there ${modes.length === 1 ? 'is 1' : 'are 0'}`,
    )
  }
  const names = modes.map(mode => mode.name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    const places = names.flatMap((name, i) => (name === twice ? [i + 1] : []))
    throw new InterplayError('data/duplicate-field', `two modes are called '${twice}': ${places.join(' and ')}`)
  }
  if (coordinates.length === 0) throw new InterplayError('data/empty', 'the tensor has no entries')
  const flat = modes.find(({ scale }) => scale && !(scale.high > scale.low))
  if (flat) {
    throw new InterplayError('data/constant', `mode '${flat.name}' is ${flat.scale!.low} in every entry`, {
      why: 'a function of one place cannot be learned',
    })
  }
  coordinates.forEach((coordinate, i) => {
    const mode = modes[i % modes.length]!
    const entry = Math.floor(i / modes.length) + 1
    if (!Number.isFinite(coordinate)) {
      throw new InterplayError('data/not-finite', `'${mode.name}' of entry ${entry} is ${coordinate}`)
    }
    if (mode.scale || (coordinate >= 0 && coordinate <= 1)) return
    throw new InterplayError('data/out-of-range', `'${mode.name}' of entry ${entry} is ${coordinate}, not in [0, 1]`, {
      why: 'the mode declares no scale',
      try: `{ name: '${mode.name}', scale: { low, high } }`,
    })
  })
  if (purpose === 'fit') checkValues(values, entriesOf(tensor))
}

function checkValues(values: TensorEntries['values'], entries: number): void {
  if (!values) throw new InterplayError('data/target-missing', 'the entries have no values to learn from')
  const { name, data } = values
  const at = data.findIndex(value => !Number.isFinite(value))
  if (at >= 0) throw new InterplayError('data/not-finite', `'${name}' of entry ${at + 1} is ${data[at]}`)
  if (data.every(value => value === data[0])) {
    throw new InterplayError('data/target-constant', `'${name}' is ${data[0]} in all ${entries} entries`)
  }
}
