import { Mode, TableModel, type TableBatch } from '../../../nn/index.ts'
import type { Tensor } from '../../../engine/index.ts'
import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { categoricalRows } from '../shared/trial.ts'
import { Random } from '../../../random/index.ts'
import { allPairs, buildCrosses, crossedTable, rowsOf, someCrosses, type Crosses } from '../shared/crosses/index.ts'
import { methodsOf, placesOf, uniformly, type Methods } from './methods.ts'
import { SearchNet, searchLayout } from './net.ts'
import { optinterOptions } from './options.ts'
import { AtTemperature } from './parity.ts'
import { ServedNet } from './served.ts'
import { netOf } from './trial.ts'

const [fields, values, rows] = [4, 5, 60]
const base = categoricalSpec(new Array<number>(fields).fill(values + 2))
const random = new Random(1, 'optinter.closed-forms')
const train = categoricalRows(fields, values, rows, () => ({
  values: Array.from({ length: fields }, () => random.integer(values)),
  label: random.integer(2),
}))
const options = optinterOptions.parse({ embeddingDimension: 3, crossDimension: 2, hidden: [6, 5] })
const crosses = buildCrosses(train, base, allPairs(fields), { minCount: 3, maxRows: 1e6 })
const pairs = crosses.pairs.map(({ pair }) => pair)

/** Local ids of rows, those of crosses behind those of fields. */
function localIds(own: Crosses): Int32Array {
  const { categorical } = crossedTable(train, own)
  const sizes = own.spec.fields.map(({ size }) => size)
  const starts = sizes.map((_, f) => sizes.slice(0, f).reduce((sum, size) => sum + size, 0))
  return categorical.map((id, i) => id - starts[i % starts.length]!)
}

/** alpha with gaps of at least 1, whose argmax is [memorise, factorise, naive] in turns. */
const alpha = Float32Array.from({ length: pairs.length * 3 }, (_, i) =>
  i % 3 === Math.floor(i / 3) % 3 ? 1 : 0.1 * (i % 2) - 0.1,
)

/** Weights of the search net for the net of chosen methods: rows of memorised pairs, columns of kept pairs. */
function copied(chosen: Methods, value: (path: string) => Float32Array, path: string): Float32Array {
  const from = value(`search.${path}`)
  const [memorised, factorised] = [placesOf(chosen, 'memorise'), placesOf(chosen, 'factorise')]
  if (path === 'net.crosses.weight') {
    const sizes = crosses.pairs.map(pair => rowsOf(pair) * options.crossDimension)
    const start = (p: number) => sizes.slice(0, p).reduce((sum, size) => sum + size, 0)
    return Float32Array.from(memorised.flatMap(p => [...from.subarray(start(p), start(p) + sizes[p]!)]))
  }
  if (path !== 'net.network.layers.0.linear.weight') return from
  const own = fields * options.embeddingDimension
  const width = own + pairs.length * options.crossDimension
  const columns = [
    ...Array.from({ length: own }, (_, k) => k),
    ...[...memorised, ...factorised].flatMap(p =>
      Array.from({ length: options.crossDimension }, (_, k) => own + p * options.crossDimension + k),
    ),
  ]
  const units = from.length / width
  return Float32Array.from(
    Array.from({ length: units }, (_, u) => u).flatMap(u => columns.map(column => from[u * width + column]!)),
  )
}

const searchProbe = () =>
  probe(
    new AtTemperature(new SearchNet(searchLayout(base, pairs, crosses.pairs.map(rowsOf)), options, false), 0.01),
    crosses.spec,
    { ids: localIds(crosses), change: state => state.write('model.search.alpha', alpha) },
  )

/** The search net as hard as it gets against the net of its argmax with the same weights. */
export async function hardening(): Promise<number> {
  const soft = await searchProbe()
  const chosen = methodsOf(alpha, pairs.length)
  const own = someCrosses(crosses, placesOf(chosen, 'memorise'))
  const net = netOf(crosses, chosen, options)
  const { logits } = await probe(net, own.spec, {
    ids: localIds(own),
    change: state => {
      for (const [path] of net.parameters()) state.write(`model.${path}`, copied(chosen, soft.value, path))
    },
  })
  return distance(soft.logits, logits)
}

/** A network on the vectors of the fields, of the same weights. */
class FieldsOnly extends TableModel {
  constructor(readonly net: ReturnType<typeof netOf>['net']) {
    super()
  }

  forward(batch: TableBatch, mode: Mode): Tensor {
    return this.net.network.forward(this.net.embedding.forward(batch).flatten(), mode)
  }
}

/** All naive against the network of the fields alone. */
export async function naive(): Promise<number> {
  const ids = randomIds(base, 9)
  const net = netOf(crosses, uniformly('naive', pairs.length), options)
  const [own, plain] = [await probe(net, base, { ids }), await probe(new FieldsOnly(net.net), base, { ids })]
  return distance(own.logits, plain.logits)
}

/** The graph that finds its crosses against the net that is fed them. */
export async function served(): Promise<number> {
  const chosen: Methods = ['memorise', 'factorise', 'memorise', 'naive', 'memorise', 'memorise']
  const own = someCrosses(crosses, placesOf(chosen, 'memorise'))
  const net = netOf(crosses, chosen, options)
  const fed = await probe(net, own.spec, { ids: localIds(own) })
  const plain = localIds(someCrosses(crosses, []))
  const { logits } = await probe(new ServedNet(net, own), base, {
    ids: plain,
    change: state => {
      for (const [path] of net.parameters()) state.write(`model.net.${path}`, fed.value(path))
    },
  })
  return distance(fed.logits, logits)
}
