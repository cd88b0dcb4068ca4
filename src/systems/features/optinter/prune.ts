import type { EncodedTable } from '../../../data/index.ts'
import { compile, float32, type TensorType } from '../../../engine/index.ts'
import { evaluate } from '../../../metrics/index.ts'
import { batchInputs, batchOf, Mode } from '../../../nn/index.ts'
import { answersOf, rowLogits, type TableLearner } from '../../../train/index.ts'
import { crossedTable } from '../shared/crosses/index.ts'
import { placesOf, type Methods } from './methods.ts'
import type { Trial, Work } from './trial.ts'

/**
 * The methods without the pairs that validation does not need: each pair's vector is set to zero by itself, and from the
 * one that is missed least on, pairs stay out as long as the metric falls by no more than the tolerance below its best.
 */
export async function prunedMethods(
  learner: TableLearner,
  { net, methods, crosses }: Pick<Trial, 'net' | 'methods' | 'crosses'>,
  { data, options, settings, metric, signal }: Work,
): Promise<Methods> {
  const vectors = [...placesOf(methods, 'memorise'), ...placesOf(methods, 'factorise')]
  if (vectors.length === 0) return methods
  const { spec } = crosses
  const rows = crossedTable(data.valid, crosses)
  await using program = compile({
    inputs: { ...batchInputs(spec), mask: float32([vectors.length, 1]) } as Record<string, TensorType>,
    state: learner.state,
    threads: settings.threads,
    trace: leaves => ({ outputs: { logits: net.forward(batchOf(spec, leaves), Mode.evaluation(), leaves.mask) } }),
  })
  const sign = metric.better === 'higher' ? 1 : -1
  const without = async (out: ReadonlySet<number>) => {
    const mask = Float32Array.from(vectors, (_, v) => (out.has(v) ? 0 : 1))
    const logits = (table: EncodedTable) => rowLogits(program, spec, table, { mask }, signal)
    const [answers] = await answersOf({ spec, logits }, rows, signal)
    return sign * evaluate(answers!, [metric.name])[metric.name]!
  }
  const alone: { v: number; value: number }[] = []
  for (const v of vectors.keys()) alone.push({ v, value: await without(new Set([v])) })
  alone.sort((a, b) => b.value - a.value)
  let best = await without(new Set())
  let out = new Set<number>()
  for (const { v } of alone) {
    const next = new Set([...out, v])
    const value = await without(next)
    if (!(value >= best - options.pruneTolerance)) continue
    out = next
    best = Math.max(best, value)
  }
  const left = new Set([...out].map(v => vectors[v]!))
  return methods.map((method, place) => (left.has(place) ? 'naive' : method))
}
