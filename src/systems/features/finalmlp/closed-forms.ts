import { categoricalSpec, distance, probe, randomIds } from '../../../study/index.ts'
import { linearByHand, vectorsOf } from '../shared/by-hand.ts'
import { finalmlp } from './index.ts'
import { FinalMlp } from './model.ts'

const rows = 9
const dimension = 3
const spec = categoricalSpec([5, 6, 4])
const ids = randomIds(spec, rows)
const small = {
  embeddingDimension: dimension,
  firstHidden: [5, 4],
  secondHidden: [6],
  batchNorm: false,
  gateHidden: [3],
}
const model = (options: object) => new FinalMlp(spec, finalmlp.options.parse({ ...small, ...options }))

/** Largest difference between a fusion whose bilinear weights are 0 and DualMLP with the same linear outputs. */
export async function dualForm(): Promise<number> {
  const fused = await probe(model({ gating: false }), spec, {
    ids,
    change: state => state.read('model.fusion.bilinear').data.fill(0),
  })
  const dual = await probe(model({ gating: false, fusion: 'sum' }), spec, {
    ids,
    change: state => {
      for (const [s, name] of ['first', 'second'].entries())
        for (const part of ['weight', 'bias'])
          state.write(`model.streams.${s}.output.${part}`, fused.value(`fusion.${name}.${part}`))
    },
  })
  return distance(fused.logits, dual.logits)
}

/** Largest difference between the interaction with a head a unit and sum_j w_j o1_j o2_j by hand. */
export async function productForm(): Promise<number> {
  const options = { gating: false, activation: 'identity', firstHidden: [4], secondHidden: [4], heads: 4 }
  const { captured, value } = await probe(model(options), spec, { ids, capture: ['interaction'] })
  const [table, weights] = [value('embedding.weight'), value('fusion.bilinear')]
  const layer = (s: number) => [0, 1].map(part => value(`streams.${s}.layers.0.linear.${['weight', 'bias'][part]}`))
  const expected = Array.from({ length: rows }, (_, row) => {
    const flat = vectorsOf(spec, table, dimension, ids, row).flatMap(vector => [...vector])
    const [o1, o2] = [0, 1].map(s => linearByHand(layer(s)[0]!, flat, layer(s)[1])) as [Float64Array, Float64Array]
    return weights.reduce((sum, weight, j) => sum + weight * o1[j]! * o2[j]!, 0)
  })
  return distance(expected, captured.interaction!.data as Float32Array)
}

/** Largest distance from 1 of gates whose output layers are 0. */
export async function neutralGate(): Promise<number> {
  const { captured } = await probe(model({ firstContext: ['field1'] }), spec, {
    ids,
    capture: ['gate.0', 'gate.1'],
    change: state => {
      for (const s of [0, 1])
        for (const part of ['weight', 'bias']) state.read(`model.gates.${s}.network.output.${part}`).data.fill(0)
    },
  })
  const all = Object.values(captured).flatMap(({ data }) => Array.from(data as Float32Array))
  return distance(new Array(all.length).fill(1), all)
}
