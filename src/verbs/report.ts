import { readableRows, type ChartSpec, type FieldProfile, type PairGrid } from '../charts/index.ts'
import type { FieldProfile as DataProfile, PreparedTable } from '../data/index.ts'
import { pairEffect, type InteractionMeasurement } from '../lenses/index.ts'
import type { Answers } from '../metrics/index.ts'
import { renderReport, sampleTest, type RunReport } from '../report/index.ts'
import { systemNamed } from '../systems/index.ts'
import type { TableAnswerer } from '../system/index.ts'
import { TableLearner } from '../train/index.ts'
import { measuredTable, predictFirst } from './interactions.ts'
import { levelNames, valueNames } from './levels.ts'
import { besideAblation, viewedOf } from './own-view.ts'
import { pairGrid } from './pair-grid.ts'
import type { FitDocument } from './fit.ts'
import type { FitSettings, Training } from './learning.ts'
import type { RunFile } from './run-folder.ts'

export interface ReportSource {
  document: FitDocument
  prepared: PreparedTable
  learner: TableAnswerer
  training: Training
  measured: InteractionMeasurement | undefined
  /** Of the test rows, first target. */
  answers: Answers
  settings: FitSettings
  file: RunFile
  /** What the system shows of itself. */
  figures: readonly ChartSpec[]
  /** Texts kept beside the result, by file name. */
  kept: Readonly<Record<string, string>>
}

/** Pairs whose effect is drawn. */
const drawnPairs = 4

/** The HTML report of a run. */
export async function reportOf(source: ReportSource): Promise<string> {
  return renderReport(await runReport(source))
}

async function runReport({
  document,
  prepared,
  learner,
  training,
  measured,
  answers,
  settings,
  file,
  figures,
  kept,
}: ReportSource): Promise<RunReport> {
  const { paper } = systemNamed(document.system)
  const [target] = prepared.spec.targets
  const units = target!.kind === 'regression' ? `units of ${target!.name}` : 'log-odds'
  const lossTitle = target!.kind === 'regression' ? 'squared error' : 'log loss'
  const loss = target!.kind === 'regression' ? 'rmse' : 'logLoss'
  const own = measured ? await ownFigures(learner, kept, prepared, measured, document, units) : []
  const shown = [...own, ...figures]
  return {
    schema: 'interplay.report/1',
    interplay: document.interplay,
    run: document.run,
    created: file.created,
    seconds: document.seconds,
    threads: settings.threads,
    seed: document.seed,
    command: file.command,
    system: { name: document.system, parameters: document.parameters, ...(paper ? { paper } : {}) },
    data: {
      name: prepared.name,
      rows: document.rows,
      split: prepared.split.rule === 'random' ? '7:1:2 random' : prepared.split.rule,
      fields: profilesOf(prepared),
      ignored: ignoredOf(prepared),
    },
    target: {
      name: target!.name,
      kind: target!.kind,
      ...(target!.kind === 'regression' ? {} : { classes: [...target!.classes] }),
      ...(target!.kind === 'binary' ? { positiveShare: shareOf(answers.targets) } : {}),
    },
    model: { name: document.system, metrics: document.metrics.test },
    baselines: document.baselines,
    history: {
      lossTitle,
      metric: training.metric,
      best: training.bestEpoch,
      epochs: training.history.map(({ epoch, trainLoss, valid }) => ({
        epoch,
        trainLoss,
        validLoss: valid[loss],
        value: valid[training.metric],
      })),
    },
    test: sampleTest({ targets: answers.targets, predictions: answers.predictions }, document.seed),
    ...(measured ? measuredParts(document, measured, units, target!.kind) : {}),
    ...(shown.length > 0 ? { figures: shown } : {}),
    ...(measured ? { pairs: await grids(learner, prepared, measured, document.seed, units) } : {}),
    warnings: document.warnings,
    settings: settingsOf(file, settings, document.options),
    snippets: snippetsOf(document, prepared),
    next: [`interplay serve ${document.run}`],
  }
}

function measuredParts(
  document: FitDocument,
  measured: InteractionMeasurement,
  units: string,
  kind: string,
): Partial<RunReport> {
  const { rows } = measured.plan
  const dropped = measured.importances.every(({ importance }) => importance !== undefined)
  return {
    importances: {
      values: document.importances,
      units: dropped ? (kind === 'binary' ? 'AUC' : 'RMSE') : units,
      phrase: dropped ? 'lost when the field is shuffled' : 'of change when the field is replaced',
      rows,
    },
    interactions: {
      values: measured.pairs.map(({ fields, value, low, high, verdict }) => ({
        set: fields,
        value,
        low,
        high,
        ...(verdict === 'not tested' ? {} : { confirmed: verdict === 'supported' }),
      })),
      index: 'non-additivity',
      units,
      rows,
      method:
        'Mean absolute change of the output that remains when two fields are replaced together, after what each does alone is taken away',
      complete: measured.complete,
    },
  }
}

/** What the system shows of itself, beside the measured pairs. */
async function ownFigures(
  learner: TableAnswerer,
  kept: ReportSource['kept'],
  prepared: PreparedTable,
  measured: InteractionMeasurement,
  { system, seed }: FitDocument,
  units: string,
): Promise<ChartSpec[]> {
  const { view, viewKept } = systemNamed(system)
  const viewed = viewedOf(measuredTable(prepared), seed)
  const own =
    view && learner instanceof TableLearner
      ? await view(learner, viewed, { output: 0, nameOf: valueNames(prepared.encoding) })
      : await viewKept?.(name => Promise.resolve(kept[name]!))
  if (!own) return []
  const pairs = measured.pairs.map(({ fields, value }) => ({ set: fields, value }))
  return besideAblation(own, { name: 'non-additivity', pairs, units, rows: measured.plan.rows }).figures
}

async function grids(
  learner: TableAnswerer,
  prepared: PreparedTable,
  measured: InteractionMeasurement,
  seed: number,
  units: string,
): Promise<PairGrid[]> {
  const { spec, encoding } = prepared
  const sequences = new Set(spec.fields.filter(field => field.type === 'sequence').map(field => field.name))
  const table = measuredTable(prepared)
  const result: PairGrid[] = []
  for (const { fields } of measured.pairs
    .filter(pair => pair.refined && pair.value > 0 && !pair.fields.some(name => sequences.has(name)))
    .slice(0, drawnPairs)) {
    const effect = await pairEffect(predictFirst(learner, spec.targets[0]!), table, spec, fields, {
      budget: 20_000,
      bins: 10,
      seed,
    })
    if (!effect.counts.some(rows => rows >= readableRows)) continue
    const kind = (name: string) =>
      spec.fields.find(field => field.name === name)!.type === 'numeric' ? 'numeric' : 'categorical'
    result.push(pairGrid(effect, units, kind, (field, levels) => levelNames(encoding, field, levels)))
  }
  return result
}

function profilesOf({ profile, schema }: PreparedTable): FieldProfile[] {
  const distinct = new Map(schema.fields.map(field => [field.name, field.distinct]))
  return profile.map(each => profileOf(each, schema.rows, distinct.get(each.name) ?? 0))
}

const total = (rows: readonly number[]): number => rows.reduce((sum, count) => sum + count, 0)

function profileOf(
  { name, missing, top, other, histogram }: DataProfile,
  rows: number,
  distinct: number,
): FieldProfile {
  const base = { name, rows, missing: total(missing), distinct }
  if (!histogram) {
    const values = (top ?? []).map(({ value, rows: counts }) => ({ value, rows: total(counts) }))
    return { ...base, type: 'categorical', top: values, otherRows: total(other ?? [0]) }
  }
  const { edges } = histogram
  const bins = histogram.rows.map((counts, i) => ({ from: edges[i]!, to: edges[i + 1]!, rows: total(counts) }))
  return { ...base, type: 'numeric', minimum: edges[0]!, median: medianOf(bins), maximum: edges.at(-1)!, bins }
}

/** The middle row's value, taken as evenly spread within its bin. */
function medianOf(bins: readonly { from: number; to: number; rows: number }[]): number {
  let left = bins.reduce((sum, bin) => sum + bin.rows, 0) / 2
  for (const { from, to, rows } of bins) {
    if (left <= rows && rows > 0) return from + (to - from) * (left / rows)
    left -= rows
  }
  return bins.at(-1)?.to ?? Number.NaN
}

function ignoredOf({ schema }: PreparedTable): { fields: string[]; reason: string }[] {
  const groups = new Map<string, string[]>()
  for (const { name, role, reason = 'not an input' } of schema.fields) {
    if (role === 'ignored') groups.set(reason, [...(groups.get(reason) ?? []), name])
  }
  return [...groups].map(([reason, fields]) => ({ fields, reason }))
}

const shareOf = (labels: ArrayLike<number>): number =>
  Array.from(labels).reduce((sum, label) => sum + label, 0) / labels.length

function settingsOf(file: RunFile, settings: FitSettings, options: Record<string, unknown>): RunReport['settings'] {
  const row = (name: string, value: unknown) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    origin: file.origins[name] ?? 'default',
  })
  return [
    ...Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => row(name, value)),
    ...Object.entries(options).map(([name, value]) => row(`set.${name}`, value)),
  ]
}

function snippetsOf({ run }: FitDocument, { encoding }: PreparedTable): RunReport['snippets'] {
  const row = Object.fromEntries(
    encoding.fields.slice(0, 2).map(field => [field.name, 'values' in field ? (field.values[0] ?? '') : 0]),
  )
  const body = JSON.stringify({ rows: [row] })
  return [
    {
      title: 'curl',
      code: `interplay serve ${run}\ncurl -s localhost:8080/v1/predict -H 'content-type: application/json' -d '${body}'`,
    },
    {
      title: 'TypeScript',
      code: `import { open } from 'interplay'\nawait using model = await open('${run}')\nconst [answer] = await model.predict(${JSON.stringify([row])})`,
    },
  ]
}
