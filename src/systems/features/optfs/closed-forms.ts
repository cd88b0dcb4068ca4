import { Random } from '../../../random/index.ts'
import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { dot, vectorsOf } from '../shared/by-hand.ts'
import { GatedModel, scaleOf, type GatedOptions } from './gated.ts'
import { AtTemperature } from './parity.ts'
import { PrunedModel, pruningOf, RemappedModel, rewindTo } from './pruned.ts'

const spec = categoricalSpec([5, 6, 4, 7])
const rows = 9
const ids = randomIds(spec, rows)

export const small: GatedOptions = {
  backbone: 'fm',
  embeddingDimension: 3,
  initialGate: 0.5,
  hidden: [6],
  crossLayers: 2,
  activation: 'relu',
  batchNorm: false,
  dropout: 0,
}

/** Scores within [-0.3, 0.7], none nearer than 0.05 to zero. */
function scores(): Float32Array {
  const random = new Random(1, 'optfs.scores')
  const size = spec.fields.reduce((sum, field) => sum + field.size, 0)
  return Float32Array.from({ length: size }, () => {
    const c = -0.3 + random.uniform()
    return Math.abs(c) < 0.05 ? c + 0.1 : c
  })
}

const gatedProbe = (options: GatedOptions, temperature: number | 'hard', values?: Float32Array) =>
  probe(new AtTemperature(new GatedModel(spec, options), temperature), spec, {
    ids,
    change: state => state.write('model.gated.values', values ?? new Float32Array(22).fill(options.initialGate)),
  })

/** The gated factorisation machine against its sum over pairs. */
export async function product(): Promise<number> {
  const temperature = 3
  const { logits, value } = await gatedProbe(small, temperature, scores())
  const [table, gates] = [value('gated.embedding.weight'), value('gated.values')]
  const scale = scaleOf(small.initialGate)
  const expected = Array.from({ length: rows }, (_, row) => {
    const vectors = vectorsOf(spec, table, 3, ids, row)
    const open = vectorsOf(spec, gates, 1, ids, row).map(([c]) => 1 / (1 + Math.exp(-temperature * c!)))
    let sum = 0
    for (let i = 0; i < vectors.length; i++)
      for (let j = i + 1; j < vectors.length; j++)
        sum += open[i]! * open[j]! * scale ** 2 * dot(vectors[i]!, vectors[j]!)
    return sum
  })
  return distance(expected, logits)
}

/** The gated model as the search starts against the same backbone with everything kept. */
export async function start(): Promise<number> {
  const options = { ...small, backbone: 'deepfm' as const }
  const gated = await gatedProbe(options, 1)
  const pruning = pruningOf(spec, { scores: new Float32Array(22).fill(1), fieldScores: new Float32Array() })
  const plain = await probe(new PrunedModel(pruning, options), spec, {
    ids,
    change: state => {
      for (const parameter of ['embedding.weight', ...backbonePaths])
        state.write(`model.${parameter}`, gated.value(`gated.${parameter}`))
      const table = state.read('model.embedding.weight').data
      table.forEach((weight, i) => (table[i] = weight / scaleOf(options.initialGate)))
    },
  })
  return distance(gated.logits, plain.logits)
}

const backbonePaths = ['layers.0.linear', 'output'].flatMap(path => [
  `backbone.deep.${path}.weight`,
  `backbone.deep.${path}.bias`,
])

/** Soft gates at temperature 1000 against hard ones. */
export async function hardening(): Promise<number> {
  const options = { ...small, backbone: 'dcn' as const }
  const [soft, hard] = [await gatedProbe(options, 1000, scores()), await gatedProbe(options, 'hard', scores())]
  return distance(soft.logits, hard.logits)
}

/** The pruned model on remapped ids against the hard gated one. */
export async function pruned(): Promise<number> {
  const options = { ...small, backbone: 'ipnn' as const }
  const values = scores()
  const gated = await gatedProbe(options, 'hard', values)
  const pruning = pruningOf(spec, { scores: values, fieldScores: new Float32Array() })
  const model = new RemappedModel(new PrunedModel(pruning, options), pruning)
  const weights = new Map(
    ['embedding.weight', ...backbonePaths].map(path => [`model.pruned.${path}`, gated.value(`gated.${path}`)]),
  )
  const { logits } = await probe(model, spec, { ids, change: state => rewindTo(state, weights, pruning) })
  return distance(gated.logits, logits)
}
