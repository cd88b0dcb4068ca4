import { funnel } from '../../../data/index.ts'
import { compile, float32, grad, State, type Parameter, type TensorType } from '../../../engine/index.ts'
import { batchInputs, batchOf, binaryCrossEntropy, Mode, type TableSpec } from '../../../nn/index.ts'
import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { Apem } from './model.ts'
import { options } from './options.ts'

const rows = 9
const spec: TableSpec = {
  ...categoricalSpec([5, 6, 4, 7]),
  targets: ['click', 'apply', 'pay'].map(name => ({ name, kind: 'binary', classes: ['no', 'yes'] })),
}
const ids = randomIds(spec, rows)
const small = { embeddingDimension: 4, groups: 2, inducing: 2, patterns: 2, hidden: [5, 4], dropout: 0 }
const chosen = (given: object = {}) => options.parse({ ...small, ...given })

/** Largest difference of answers when fields change places and take their tables and what is theirs along. */
export async function permutedFields(): Promise<number> {
  const order = [2, 0, 3, 1]
  const fields = spec.fields.length
  const plain = new Apem(spec, chosen())
  const moved = new Apem({ ...spec, fields: order.map(f => spec.fields[f]!) }, chosen())
  const first = await probe(plain, spec, { ids })
  const movedSpec = { ...spec, fields: order.map(f => spec.fields[f]!) }
  const rowsOf = (values: Float32Array, f: number) =>
    values.subarray((f * values.length) / fields, ((f + 1) * values.length) / fields)
  const second = await probe(moved, movedSpec, {
    ids: ids.map((_, at) => ids[Math.floor(at / fields) * fields + order[at % fields]!]!),
    change: state => {
      for (const [path] of moved.parameters()) {
        if (path === 'temperature') continue
        state.write(`model.${path}`, placed(path, first.value(path)))
      }
    },
  })
  function placed(path: string, values: Float32Array): Float32Array {
    const joined = (parts: readonly Float32Array[]) => Float32Array.from(parts.flatMap(part => [...part]))
    if (path === 'embedding.weight') {
      const width = small.embeddingDimension
      const starts = spec.fields.map((_, f) => spec.fields.slice(0, f).reduce((sum, { size }) => sum + size, 0))
      return joined(order.map(f => values.subarray(starts[f]! * width, (starts[f]! + spec.fields[f]!.size) * width)))
    }
    if (path === 'fieldVectors' || path === 'grouping.fieldLogits' || /squeeze\.excite\.(weight|bias)$/.test(path))
      return joined(order.map(f => rowsOf(values, f)))
    if (/squeeze\.squeeze\.weight$/.test(path))
      return values.map((_, at) => values[Math.floor(at / fields) * fields + order[at % fields]!]!)
    return values
  }
  return distance(first.logits, second.logits)
}

/** Largest rise of the chance from a step to the next, over random rows and weights: 0 or below. */
export async function rising(): Promise<number> {
  const { logits } = await probe(new Apem(spec, chosen()), spec, { ids, deviation: 1 })
  const chances = Array.from(logits, logit => 1 / (1 + Math.exp(-logit)))
  return Math.max(...chances.map((chance, at) => (at % 3 === 0 ? -Infinity : chance - chances[at - 1]!)))
}

/** Largest difference that the temperature makes where all fields are in one group. */
export async function oneGroup(): Promise<number> {
  const at = (temperature: number) =>
    probe(new Apem(spec, chosen({ groups: 1 })), spec, {
      ids,
      change: state => state.write('model.temperature', Float32Array.of(temperature)),
    })
  return distance((await at(1)).logits, (await at(0.3)).logits)
}

/**
 * Largest gradients that must not be: of the first step by what later ones alone use; and, with the labels of the third left out
 * of the loss, by the tower of the third.
 */
export async function strayGradients(): Promise<{ later: number; masked: number; own: number }> {
  const model = new Apem(spec, chosen())
  const of = (steps: readonly number[]): Parameter[] =>
    [...model.parameters()].flatMap(([path, parameter]) =>
      steps.some(t => path.startsWith(`steps.${t}.`)) ? [parameter] : [],
    )
  const watched = { later: of([1, 2]), masked: of([2]), own: of([0]) }
  const state = new State({ model }, 1)
  await using program = compile({
    inputs: { ...batchInputs(spec), labels: float32(['batch', 3]) } as Record<string, TensorType>,
    state,
    threads: 1,
    trace: leaves => {
      const logits = model.forward(batchOf(spec, leaves), Mode.evaluation())
      const column = (x: typeof logits, t: number) => x.slice(1, t, t + 1).squeeze(1)
      const loss = (t: number) => binaryCrossEntropy(column(logits, t), column(leaves.labels!, t))
      const largest = (of: ReturnType<typeof loss>, wrt: readonly Parameter[]) =>
        grad(of, wrt)
          .map(gradient => gradient.abs().max())
          .reduce((most, each) => most.maximum(each))
      return {
        outputs: {
          later: largest(loss(0), watched.later),
          masked: largest(loss(0).add(loss(1)), watched.masked),
          own: largest(loss(0), watched.own),
        },
      }
    },
  })
  const starts = [0, 5, 11, 15]
  const labels = Float32Array.from({ length: rows * 3 }, (_, at) => Number(at % 3 === 0 || at % 6 === 1))
  const found = await program.run({ categorical: ids.map((id, at) => id + starts[at % 4]!), labels })
  return { later: Number(found.later.data[0]), masked: Number(found.masked.data[0]), own: Number(found.own.data[0]) }
}

/**
 * A model whose patterns are read but lead nowhere: the least weight of a field, and the largest move of an answer when other
 * rows are asked. Weights say what is read, not what the answer depends on.
 */
export async function weightsWithoutEffect(): Promise<{ weight: number; moved: number }> {
  const model = new Apem(spec, chosen())
  const erased = (state: State) => {
    const layer = model.steps.map((_, t) => `model.steps.${t}.tower.layers.0.linear.weight`)
    for (const name of layer) state.read(name).data.fill(0)
  }
  const asked = { capture: ['patterns.0'], change: erased }
  const [first, second] = [
    await probe(model, spec, { ids, ...asked }),
    await probe(model, spec, { ids: randomIds(spec, rows, 2), ...asked }),
  ]
  return {
    weight: (first.captured['patterns.0']!.data as Float32Array).reduce((least, value) => Math.min(least, value), 1),
    moved: distance(first.logits, second.logits),
  }
}

/** What the planted funnel promises: rates of the steps, and how often a later step lacks the one before. */
export function plantedRates(): { rates: number[]; broken: number } {
  const { columns } = funnel.make({ seed: 1, size: 'small' })
  const [click, apply, pay] = ['click', 'apply', 'pay'].map(name => columns[name] as number[])
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return {
    rates: [sum(click!) / click!.length, sum(apply!) / sum(click!), sum(pay!) / sum(apply!)],
    broken: click!.filter((_, row) => apply![row]! > click![row]! || pay![row]! > apply![row]!).length,
  }
}
