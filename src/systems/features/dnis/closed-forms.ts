import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { Random } from '../../../random/index.ts'
import { SoftSelection, UniformModel } from './model.ts'
import { dnisOptions } from './options.ts'
import { Selected } from './parity.ts'
import { SparseModel, sparseTable } from './sparse.ts'

const spec = categoricalSpec([5, 6, 4, 7])
const values = 22
const ids = randomIds(spec, 9)
const width = 10
const options = dnisOptions.parse({ embeddingDimension: width, blocks: 3, hidden: [6], groups: 5 })
const blockOf = Int32Array.from({ length: values }, (_, value) => value % 3)
const paths = [
  'embedding.weight',
  'head.first.weight',
  'head.first.bias',
  ...['layers.0.linear', 'output'].flatMap(path => [`head.deep.${path}.weight`, `head.deep.${path}.bias`]),
]

const selected = (alpha: (i: number) => number) =>
  probe(new Selected(new SoftSelection(spec, options, blockOf)), spec, {
    ids,
    change: state =>
      state.write(
        'model.selection.alpha',
        Float32Array.from({ length: 15 }, (_, i) => alpha(i)),
      ),
  })

/** The uniform model with the weights of a probe, its table changed. */
const uniform = (value: (path: string) => Float32Array, change: (table: Float32Array) => Float32Array) =>
  probe(new UniformModel(spec, options), spec, {
    ids,
    change: state => {
      for (const path of paths) {
        const own = value(`selection.${path}`)
        state.write(`model.${path}`, path === 'embedding.weight' ? change(own) : own)
      }
    },
  })

/** Every weight 1 against the model of one width. */
export async function start(): Promise<number> {
  const soft = await selected(() => 1)
  return distance(soft.logits, (await uniform(soft.value, table => table)).logits)
}

/** Weights beside the table against weights folded into it. */
export async function folding(): Promise<number> {
  const alpha = (i: number) => (i % 4) / 3
  const soft = await selected(alpha)
  const factors = new SoftSelection(spec, options, blockOf).factors(
    Float32Array.from({ length: 15 }, (_, i) => alpha(i)),
  )
  const plain = await uniform(soft.value, table => table.map((weight, i) => weight * factors[i]!))
  return distance(soft.logits, plain.logits)
}

/** The sparse table against the dense one with the same zeros; some rows are empty, some whole. */
export async function sparse(): Promise<number> {
  const random = new Random(1, 'dnis.sparse')
  const kept = Array.from({ length: values }, (_, value) => [0, 1, 0.4][value % 3]!)
  const table = Float32Array.from({ length: values * width }, (_, i) =>
    random.uniform() < kept[Math.floor(i / width)]! ? random.normal() : 0,
  )
  const dense = await probe(new UniformModel(spec, options), spec, {
    ids,
    change: state => state.write('model.embedding.weight', table),
  })
  const model = new SparseModel(new UniformModel(spec, options), sparseTable(table, width))
  const { logits } = await probe(model, spec, {
    ids,
    change: state => {
      for (const path of paths) if (path !== 'embedding.weight') state.write(`model.uniform.${path}`, dense.value(path))
    },
  })
  return distance(dense.logits, logits)
}
