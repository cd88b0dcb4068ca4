import type { EncodedTable, PreparedTable } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { TableSpec } from '../../../nn/index.ts'
import type { LearnContext, LearnedTable, LearningRound } from '../../../system/index.ts'
import { boost, type Round } from './boost.ts'
import type { BoostedTrees } from './model.ts'
import { exportTrees } from './onnx.ts'
import type { BoostedTreesOptions } from './options.ts'
import { watchedMetric } from './stopping.ts'

/** Fewer row x column cells than this are not worth a second thread's start. */
const worthThreads = 200_000

/**
 * Boosts trees on the training rows and stops by the validation rows.
 * @throws InterplayError `option/conflict` with several targets or sequence fields alone, `data/target-constant`
 */
export async function learn(
  { spec, train, valid }: PreparedTable,
  options: BoostedTreesOptions,
  { seed, threads, signal, onRound }: LearnContext,
): Promise<LearnedTable> {
  check(spec)
  const started = performance.now()
  const columns = spec.fields.filter(field => field.type !== 'sequence').length
  let last: Round | undefined
  let bestRound = 0
  const model = await boost(train, {
    spec,
    options,
    seed,
    threads: train.rows * columns >= worthThreads ? threads : 1,
    valid: valid.rows > 0 ? valid : undefined,
    signal,
    onRound: round => {
      last = round
      if (round.best) bestRound = round.round
      const { trainLoss, valid = {} } = round
      const seconds = (performance.now() - started) / 1000
      onRound?.(
        { round: round.round, trainLoss, valid, best: round.best, seconds } satisfies LearningRound,
        options.trees,
      )
    },
  })
  const kept = options.patience > 0 && valid.rows > 0 ? bestRound : (last?.round ?? 0)
  return learned(model, spec, kept, watchedMetric(model.target.kind, options))
}

function learned(model: BoostedTrees, spec: TableSpec, bestRound: number, metric: string): LearnedTable {
  return {
    spec,
    bestRound,
    metric,
    parameters: model.trees.reduce((sum, { nodes, values }) => sum + nodes.length + values.length, 0),
    notes: notesOf(model, spec),
    logits: async (table, signal) => {
      signal?.throwIfAborted()
      return logitsOf(model, table)
    },
    export: metadata => exportTrees(model, metadata),
  }
}

/** Splits and leaves, and the bytes of bins, scores, derivatives and histograms. */
export function sizeOf({ trees, leaves }: BoostedTreesOptions, { spec, train }: PreparedTable) {
  const [target] = spec.targets
  const outputs = target!.kind === 'multiclass' ? target!.classes.length : 1
  const columns = spec.fields.filter(field => field.type !== 'sequence').length
  return {
    parameters: trees * outputs * (2 * leaves - 1),
    bytes: train.rows * (columns + 16 + 16 * outputs) + leaves * columns * 256 * 16,
  }
}

/** [rows, outputs]; numbers are standardised, as every table model's logits are. */
function logitsOf(model: BoostedTrees, table: EncodedTable): Float32Array {
  const scores = model.scores(table)
  const { target, base } = model
  if (target.kind === 'regression') return Float32Array.from(scores, score => (score - target.mean) / target.deviation)
  const outputs = base.length
  return Float32Array.from(scores, (_, i) => scores[(i % outputs) * table.rows + Math.floor(i / outputs)]!)
}

function notesOf(model: BoostedTrees, spec: TableSpec): string[] {
  const importances = model.importances()
  const total = importances.reduce((sum, { gain }) => sum + gain, 0)
  const sequences = spec.fields.filter(field => field.type === 'sequence').map(field => field.name)
  const named = importances
    .filter(({ gain }) => gain > 0)
    .slice(0, 5)
    .map(({ field, gain }) => `${field} ${((100 * gain) / total).toFixed(0)}%`)
  return [
    ...(named.length > 0
      ? [`gain of the splits: ${named.join(', ')}`]
      : ['no split gained anything: one answer for all']),
    ...(sequences.length > 0 ? [`trees read no sequences: ${sequences.join(', ')} left out`] : []),
  ]
}

function check({ fields, targets }: TableSpec): void {
  if (targets.length > 1) {
    const names = targets.map(target => target.name).join(', ')
    throw new InterplayError('option/conflict', `boosted-trees learns one target, ${targets.length} were given`, {
      where: `--target ${names}`,
      try: `--target ${targets[0]!.name}`,
    })
  }
  if (fields.every(field => field.type === 'sequence')) {
    throw new InterplayError('option/conflict', 'boosted-trees reads no sequences, and there are no other fields', {
      try: '-s autoint',
    })
  }
}
