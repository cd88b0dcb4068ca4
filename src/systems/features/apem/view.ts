import { weightMatrix, type ChartSpec } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import { compile, namedTensors } from '../../../engine/index.ts'
import { batchInputs, batchOf, Mode } from '../../../nn/index.ts'
import type { OwnView, OwnViewOptions, TrainedTable } from '../../../system/index.ts'
import { outputRanges, rowFeeds } from '../../../train/index.ts'
import type { Apem } from './model.ts'

/** What the steps pick, on average over rows. */
export interface Picked {
  fields: string[]
  steps: string[]
  /** [steps, fields], each step's weights sum to 1: of all layers' tokens of a field. */
  weights: Float64Array
  /** Of each step, [fields, fields]: how much one pattern holds both fields. */
  together: Float64Array[]
}

/** Which fields each step picks, which of them meet in a pattern, and the groups that fields fall into. */
export async function patternsView(
  trained: TrainedTable<Apem>,
  rows: EncodedTable,
  { output }: OwnViewOptions,
): Promise<OwnView> {
  const groups = groupsFigure(trained)
  const picked = await pickedBy(trained, rows)
  if (!picked) {
    return {
      weight: 'pattern weight',
      pairs: [],
      figures: groups,
      notes: ['every step reads the mean of all fields: this model picks nothing'],
    }
  }
  const { fields, steps, weights, together } = picked
  const step = outputRanges(trained.spec.targets).findIndex(({ start, width }) => output < start + width)
  const own = together[step]!
  const size = fields.length
  return {
    weight: 'pattern weight',
    pairs: fields.flatMap((a, i) =>
      fields.slice(i + 1).map((b, k) => ({ set: [a, b] as [string, string], value: own[i * size + i + 1 + k]! })),
    ),
    figures: [stepsFigure(picked, rows.rows), ...groups],
    notes: [
      `pattern weight: how much one pattern of ${steps[step]} holds both fields, mean over patterns and rows`,
      'what a step picks is what it reads, not what its answer depends on',
      ...(fields.length > 0 ? [strongest(steps, fields, weights)] : []),
    ],
  }
}

/** Undefined where the model picks nothing. */
export async function pickedBy(
  { model, spec, state }: TrainedTable<Apem>,
  rows: EncodedTable,
): Promise<Picked | undefined> {
  if (model.picks === 0) return undefined
  const fields = [...model.embedding.names]
  const names = Object.fromEntries(model.steps.map((_, t) => [`patterns.${t}`, `${t}`]))
  await using program = compile({
    inputs: batchInputs(spec),
    state,
    trace: leaves => {
      const found = namedTensors(model.forward(batchOf(spec, leaves), Mode.evaluation()), names)
      const outputs = Object.entries(found).flatMap(([t, tokens]) => {
        const patterns = tokens.shape[1] as number
        const byField = tokens.reshape([-1, patterns, model.layers.length + 1, fields.length]).sum(2)
        return [
          [`weights.${t}`, byField.mean([0, 1])] as const,
          [
            `together.${t}`,
            byField
              .matmul(byField, { transposeA: true })
              .mean(0)
              .mul(1 / patterns),
          ] as const,
        ]
      })
      return { outputs: Object.fromEntries(outputs) }
    },
  })
  const answers = await program.run(rowFeeds(spec, rows, 0, rows.rows))
  const values = (name: string) => Float64Array.from(answers[name]!.data as Float32Array)
  return {
    fields,
    steps: spec.targets.map(({ name }) => name),
    weights: Float64Array.from(spec.targets.flatMap((_, t) => [...values(`weights.${t}`)])),
    together: spec.targets.map((_, t) => values(`together.${t}`)),
  }
}

/** [fields, groups] */
export function membershipOf({ model, state }: Pick<TrainedTable<Apem>, 'model' | 'state'>): number[][] {
  const { fieldLogits, groupVectors } = model.grouping
  const [fields, width] = fieldLogits.shape as [number, number]
  const [groups] = groupVectors.shape as [number]
  const [q, k] = [fieldLogits, groupVectors].map(parameter => state.read(parameter).data as Float32Array)
  const [tau] = state.read(model.temperature).data
  return Array.from({ length: fields }, (_, f) => {
    const scores = Array.from({ length: groups }, (_, g) => {
      let sum = 0
      for (let i = 0; i < width; i++) sum += q![f * width + i]! * k![g * width + i]!
      return Math.exp(sum / Number(tau))
    })
    const total = scores.reduce((sum, score) => sum + score, 0)
    return scores.map(score => score / total)
  })
}

function groupsFigure(trained: TrainedTable<Apem>): ChartSpec[] {
  const membership = membershipOf(trained)
  const groups = membership[0]!.length
  if (groups === 1) return []
  const fields = trained.model.embedding.names
  const decided = membership.filter(own => Math.max(...own) > 0.5).length
  return [
    weightMatrix({
      title: `${decided} of ${fields.length} fields belong to one of ${groups} groups by more than half`,
      of: { rows: 'group', columns: 'field' },
      rows: Array.from({ length: groups }, (_, g) => `group ${g + 1}`),
      columns: fields,
      weights: Array.from({ length: groups }, (_, g) => membership.map(own => own[g]!)).flat(),
      units: 'membership',
      note: 'Fields of a group meet before any step picks from them; membership is the same for all rows.',
    }),
  ]
}

function stepsFigure({ steps, fields, weights }: Picked, rows: number): ChartSpec {
  return weightMatrix({
    title: strongest(steps, fields, weights),
    of: { rows: 'step', columns: 'field' },
    rows: steps,
    columns: fields,
    weights,
    units: 'mean weight',
    samples: rows,
    note: 'A weight is what a step reads; read it beside the ablation of the same fields.',
  })
}

const strongest = (steps: readonly string[], fields: readonly string[], weights: Float64Array): string =>
  steps
    .map((step, t) => {
      const own = weights.subarray(t * fields.length, (t + 1) * fields.length)
      return `${step} picks ${fields[own.indexOf(Math.max(...own))]} most`
    })
    .join(', ')
