import { concat, stack } from '../../ops/shape.ts'
import { scan, type ScanStep } from '../../ops/scan.ts'
import { linear } from '../../ops/matmul.ts'
import { constant, type Tensor } from '../../tensor.ts'
import { Unread, type Reader, type Reading } from './reading.ts'
import { Value } from './value.ts'

/** One direction of a recurrent layer: what each input contributes to the gates, and one step from state to state. */
interface Cell {
  /** Gate rows of W and R, in multiples of the hidden width. */
  gates: number
  /** Hidden state first; a cell state may follow. */
  states: number
  activations: readonly string[]
  step: (inputs: Tensor, states: readonly Tensor[], weights: Recurrent) => readonly Tensor[]
}

interface Recurrent {
  /** [gates * H, H]. */
  weight: Tensor
  /** [gates * H], the recurrent half of the bias. */
  bias: Tensor | undefined
  width: number
}

const parts = (x: Tensor, width: number): readonly Tensor[] =>
  x.split(Array<number>((x.shape.at(-1) as number) / width).fill(width), -1)

/** i, o, f, c (ONNX's order); c' = f c + i tanh, h = o tanh(c'). */
const lstm: Cell = {
  gates: 4,
  states: 2,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  step: (inputs, [hidden, cell], { weight, bias, width }) => {
    const [i, o, f, c] = parts(inputs.add(linear(hidden!, weight, bias)), width) as [Tensor, Tensor, Tensor, Tensor]
    const next = f.sigmoid().mul(cell!).add(i.sigmoid().mul(c.tanh()))
    return [o.sigmoid().mul(next.tanh()), next]
  },
}

/** z, r, h; the reset gate acts before or after the recurrent product. */
const gru = (resetAfter: boolean): Cell => ({
  gates: 3,
  states: 1,
  activations: ['Sigmoid', 'Tanh'],
  step: (inputs, [hidden], { weight, bias, width }) => {
    const [xz, xr, xh] = parts(inputs, width) as [Tensor, Tensor, Tensor]
    const recurrent = (x: Tensor, from: number, to: number) =>
      linear(x, weight.slice(0, from * width, to * width), bias?.slice(0, from * width, to * width))
    const [hz, hr] = parts(recurrent(hidden!, 0, 2), width) as [Tensor, Tensor]
    const [z, r] = [xz.add(hz).sigmoid(), xr.add(hr).sigmoid()]
    const proposal = resetAfter ? r.mul(recurrent(hidden!, 2, 3)) : recurrent(r.mul(hidden!), 2, 3)
    const candidate = xh.add(proposal).tanh()
    return [candidate.add(z.mul(hidden!.sub(candidate)))]
  },
})

const plain = (activate: (x: Tensor) => Tensor, name: string): Cell => ({
  gates: 1,
  states: 1,
  activations: [name],
  step: (inputs, [hidden], { weight, bias }) => [activate(inputs.add(linear(hidden!, weight, bias)))],
})

const directions: ReadonlyMap<string, readonly boolean[]> = new Map([
  ['forward', [false]],
  ['reverse', [true]],
  ['bidirectional', [false, true]],
])

function refuseOthers(node: Reading, cell: Cell, count: number): void {
  const attribute = node.node.attributes.activations
  const given = attribute?.type === 'strings' ? attribute.value : []
  const usual = Array.from({ length: count }, () => cell.activations).flat()
  if (given.length > 0 && given.join() !== usual.join()) throw new Unread(`with the activations ${given.join(', ')}`)
  if (node.has(4)) throw new Unread('with lengths')
  if (node.has(7)) throw new Unread('with peepholes')
  if (node.int('layout', 0) !== 0) throw new Unread('with the batch first')
  if (node.int('input_forget', 0) !== 0) throw new Unread('with coupled gates')
  if (node.node.attributes.clip) throw new Unread('with clipping')
}

/** [T, B, I] to the states of all steps [T, directions, B, H] and the last ones [directions, B, H]. */
const recurrent =
  (cellOf: (node: Reading) => Cell): Reader =>
  node => {
    const cell = cellOf(node)
    const reverses = directions.get(node.string('direction', 'forward'))
    if (!reverses) throw new Unread(`in the direction '${node.string('direction', '')}'`)
    refuseOthers(node, cell, reverses.length)
    const runs = reverses.map((reverse, direction) => layer(node, cell, direction, reverse))
    const all = runs.map(({ outputs }) => outputs[0]!.unsqueeze(1))
    const last = Array.from({ length: cell.states }, (_, i) => stack(runs.map(({ states }) => states[i]!)))
    return [concat(all, 1), ...last]
  }

function layer(node: Reading, cell: Cell, direction: number, reverse: boolean) {
  const [x, w, r] = [node.tensor(0), node.tensor(1), node.tensor(2)]
  const own = (weights: Tensor | undefined) => weights?.at(direction)
  const weight = own(r)!
  const width = weight.shape[1]
  if (typeof width !== 'number' || weight.shape[0] !== width * cell.gates) throw new Unread('of another width')
  const rows = width * cell.gates
  const bias = own(node.optional(3))
  const inputs = linear(x, own(w)!, bias?.slice(0, 0, rows))
  const weights: Recurrent = { weight, bias: bias?.slice(0, rows), width }
  const zeros = () => constant(0, [], x.dtype).expand([x.shape[1]!, width], [x])
  const initial = Array.from({ length: cell.states }, (_, i) => own(node.optional(5 + i)) ?? zeros())
  const body = (states: readonly Tensor[], [slice]: readonly Tensor[]): ScanStep => {
    const next = cell.step(slice!, states, weights)
    return { states: next, outputs: [next[0]!] }
  }
  return scan(body, { initial, inputs: [inputs], reverse })
}

/** The axis moved to the front, or from there to its place. */
const toFront = (x: Tensor, axis: number): Tensor =>
  x.transpose([axis, ...x.shape.map((_, i) => i).filter(i => i !== axis)])
const fromFront = (x: Tensor, axis: number): Tensor => {
  const rest = x.shape.map((_, i) => i).slice(1)
  return x.transpose([...rest.slice(0, axis), 0, ...rest.slice(axis)])
}

/** States first, then inputs of which each step sees a slice; every one has an axis and a direction of its own. */
const scanning: Reader = node => {
  const body = node.graph('body')
  const cuts = node.int('num_scan_inputs', 0)
  const count = node.count - cuts
  const stacked = body.outputs.length - count
  if (cuts < 1 || count < 0 || stacked < 0) throw new Unread(`of ${cuts} inputs`)
  const listed = (name: string, length: number) => node.ints(name) ?? Array<number>(length).fill(0)
  const axes = listed('scan_input_axes', cuts)
  const reversed = listed('scan_input_directions', cuts)
  const inputs = Array.from({ length: cuts }, (_, i) => {
    const x = node.tensor(count + i)
    const front = toFront(x, axes[i]! < 0 ? axes[i]! + x.rank : axes[i]!)
    return reversed[i] ? front.flip(0) : front
  })
  const initial = Array.from({ length: count }, (_, i) => node.tensor(i))
  const { states, outputs } = scan(
    (before, slices) => {
      const results = node.around.inline(body, [...before, ...slices].map(Value.of)).map(({ tensor }) => tensor)
      return { states: results.slice(0, count), outputs: results.slice(count) }
    },
    { initial, inputs },
  )
  const [places, backwards] = [listed('scan_output_axes', stacked), listed('scan_output_directions', stacked)]
  const placed = outputs.map((y, i) => {
    const ordered = backwards[i] ? y.flip(0) : y
    return fromFront(ordered, places[i]! < 0 ? places[i]! + y.rank : places[i]!)
  })
  return [...states, ...placed]
}

export const recurrences: Record<string, Reader> = {
  LSTM: recurrent(() => lstm),
  GRU: recurrent(node => gru(node.int('linear_before_reset', 0) !== 0)),
  RNN: recurrent(node => {
    const attribute = node.node.attributes.activations
    const rectified = attribute?.type === 'strings' && attribute.value[0] === 'Relu'
    return rectified ? plain(x => x.relu(), 'Relu') : plain(x => x.tanh(), 'Tanh')
  }),
  Scan: scanning,
}
