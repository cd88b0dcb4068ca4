import { compile, float32, namedTensors, State, type Tensor, type TensorType } from '../../../engine/index.ts'
import { batchInputs, batchOf, infoNce, Mode, trainable, type TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { distance } from '../../../study/index.ts'
import { awMoe } from './index.ts'
import { AwMoe, type AwMoeOptions } from './model.ts'

const [items, rows] = [9, 6]

const specOf = (length: number): TableSpec => ({
  fields: [
    { name: 'item', type: 'categorical', size: items },
    { name: 'query', type: 'categorical', size: 5 },
    { name: 'history', type: 'sequence', size: items, length, vocabulary: 'item' },
  ],
  targets: [{ name: 'y', kind: 'binary', classes: ['0', '1'] }],
  rows: 0,
})

const small: Partial<AwMoeOptions> = {
  query: ['query'],
  embeddingDimension: 3,
  hidden: 5,
  attentionHidden: [4],
  expertHidden: [6],
  gateHidden: [4],
  contrast: 0,
}

/** A model whose weights are large enough that every term counts, and what it answers and names on some rows. */
function asked(length: number, options: Partial<AwMoeOptions>, change?: (state: State, model: AwMoe) => void) {
  const spec = specOf(length)
  const model = new AwMoe(spec, awMoe.options.parse({ ...small, ...options }))
  const state = new State({ model }, 1)
  for (const parameter of trainable(model)) {
    const random = new Random(1, state.nameOf(parameter))
    state.write(
      parameter,
      Float32Array.from({ length: parameter.size }, () => 0.4 * random.normal()),
    )
  }
  change?.(state, model)
  const names = { gate: 'gate', gateContributions: 'contributions', expertLogits: 'said' }
  return async (feeds: { categorical: Int32Array; history: Int32Array }) => {
    await using program = compile({
      inputs: batchInputs(spec),
      state,
      threads: 1,
      trace: leaves => {
        const logits = model.forward(batchOf(spec, leaves), Mode.evaluation())
        return { outputs: { logits, ...namedTensors(logits, names) } as Record<string, Tensor> }
      },
    })
    const answers = await program.run({ categorical: feeds.categorical, 'sequence.history': feeds.history })
    const found = (name: string) => Float64Array.from(answers[name]!.data as Float32Array)
    return {
      logits: found('logits'),
      gate: found('gate'),
      contributions: found('contributions'),
      said: found('said'),
      state,
      model,
    }
  }
}

/** Histories of 0 to 5 items in `length` places, candidates and queries; `order` moves the items of a history about. */
function drawn(length: number, order = (place: number, _count: number) => place) {
  const random = new Random(2, 'aw-moe.closed')
  const history = new Int32Array(rows * length)
  const categorical = new Int32Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    categorical.set([1 + random.integer(items - 2), items + 1 + random.integer(3)], 2 * row)
    for (let place = 0; place < row; place++) history[row * length + order(place, row)] = 1 + random.integer(items - 2)
  }
  return { categorical, history }
}

/** Largest errors of what follows from the equations, in log-odds or gate units. */
export async function identities(): Promise<Record<string, number>> {
  const ask = asked(5, {})
  const plain = await ask(drawn(5))
  const experts = plain.gate.length / rows
  const start = plain.state.read('model.gate.start').data as Float32Array
  const summed = plain.gate.map((_, i) => {
    const [row, k] = [Math.floor(i / experts), i % experts]
    let sum = start[k]!
    for (let place = 0; place < 5; place++) sum += plain.contributions[(row * 5 + place) * experts + k]!
    return sum
  })
  const turned = await ask(drawn(5, (place, count) => count - 1 - place))
  const longer = await asked(8, {})(drawn(8))
  return {
    sum: distance(summed, plain.gate),
    order: distance(turned.logits, plain.logits),
    padding: distance(longer.logits, plain.logits),
    oneExpert: await oneExpert(),
    session: await session(ask),
    contrast: await identicalViews(),
  }
}

/** K = 1, U = 1, w = 1 / L: the expert alone. */
async function oneExpert(): Promise<number> {
  const length = 4
  const ask = asked(length, { experts: 1 }, state => {
    for (const [name, { data }] of state.entries()) {
      if (!name.startsWith('model.gate.')) continue
      const value = name.endsWith('unit.output.bias')
        ? 1
        : name.endsWith('activation.output.bias')
          ? -Math.log(length - 1)
          : 0
      state.write(name, new Float32Array(data.length).fill(value))
    }
  })
  const full = drawn(length)
  const { logits, said } = await ask({ ...full, history: full.history.map((id, i) => id || 1 + (i % 7)) })
  return distance(logits, said)
}

/** Within a session the history and the query stay: one gate serves all candidates. */
async function session(ask: ReturnType<typeof asked>): Promise<number> {
  const { categorical, history } = drawn(5)
  const last = 5 * (rows - 1)
  const { gate } = await ask({
    categorical: categorical.map((id, i) => (i % 2 === 1 ? items + 2 : id)),
    history: history.map((_, i) => history[last + (i % 5)]!),
  })
  const experts = gate.length / rows
  return distance(
    gate,
    gate.map((_, i) => gate[i % experts]!),
  )
}

/** The contrast of views that are the same is -log(e^(1/t) / (e^(1/t) + sum e^(cos/t))) of the gates. */
async function identicalViews(): Promise<number> {
  const random = new Random(3, 'aw-moe.contrast')
  const [width, others, temperature] = [4, 3, 0.1]
  const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal())
  const [gates, negatives] = [draw(rows * width), draw(rows * others * width)]
  await using program = compile({
    inputs: { gates: float32(['batch', width]), negatives: float32(['batch', others, width]) } as Record<
      string,
      TensorType
    >,
    threads: 1,
    trace: ({ gates, negatives }: Record<string, Tensor>) => ({
      outputs: { loss: infoNce(gates!, gates!, negatives!, { temperature }) },
    }),
  })
  const { loss } = await program.run({ gates, negatives })
  const cosine = (row: number, other: number) => {
    const a = gates.subarray(row * width, (row + 1) * width)
    const b = negatives.subarray(other * width, (other + 1) * width)
    const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0)
    return product(a, b) / Math.sqrt(product(a, a) * product(b, b))
  }
  let expected = 0
  for (let row = 0; row < rows; row++) {
    let against = 0
    for (let n = 0; n < others; n++) against += Math.exp((cosine(row, row * others + n) - 1) / temperature)
    expected += Math.log1p(against) / rows
  }
  return Math.abs(Number(loss!.data[0]) - expected) / Math.max(1, expected)
}
