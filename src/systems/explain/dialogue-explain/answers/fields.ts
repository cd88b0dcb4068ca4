import {
  effectCurve,
  formatCount,
  formatNumber,
  formatSet,
  importanceChart,
  interactionBars,
} from '../../../../charts/index.ts'
import { InterplayError } from '../../../../errors/index.ts'
import {
  columnsTable,
  explainRows,
  measureInteractions,
  partialDependence,
  partialDependenceFlatness,
  partialMeasures,
  takeRows,
  type PairInteraction,
} from '../../../../lenses/index.ts'
import { Random } from '../../../../random/index.ts'
import type { QueryOf } from '../query/schema.ts'
import { estimated, exact, type AnswerValue, type Finding } from './answer.ts'
import type { Bench, Group } from './bench.ts'
import { why } from './why.ts'
import { effectWords, listed } from './words.ts'

const shown = 5
/** Rows looked at, at most; donors of each. */
const rowsAtMost = 500

async function measured(bench: Bench, group: Group) {
  if (bench.predictor.fields.length < 2)
    throw new InterplayError('ask/needs', 'the model has one field: there is nothing it acts together with')
  const kind = bench.vocabulary.target?.kind
  const labels =
    group.labels && (kind === 'binary' || kind === 'regression') ? { kind, values: group.labels } : undefined
  const { table, spec, predict } = columnsTable(bench.predictor, group.columns, {
    labels,
    output: bench.subject.output,
  })
  return measureInteractions(predict, table, spec, {
    budget: bench.budget,
    rows: rowsAtMost,
    seed: bench.seed,
    signal: bench.signal,
  })
}

export async function importance(query: QueryOf<'importance'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(query.where)
  if (group.numbers.length === 1) return why({ operation: 'why', where: query.where }, bench)
  const groups = [group, ...(query.against ? [await bench.group(query.against)] : [])]
  const { units } = bench.subject
  const parts = []
  for (const each of groups) {
    const result = await measured(bench, each)
    const ranked = [...result.importances].sort((a, b) => b.effect.value - a.effect.value)
    parts.push({ group: each, ranked, rows: result.plan.rows })
  }
  const values = parts.flatMap(({ group: { name }, ranked }) =>
    ranked.map(({ field, effect }) => estimated(parts.length > 1 ? `${field} in ${name}` : field, effect, units)),
  )
  const sentences = parts.map(({ group: { name }, ranked }) => {
    const place = ranked.findIndex(({ field }) => field === query.field)
    if (place >= 0)
      return `${query.field} is number ${place + 1} of ${ranked.length}: replaced by that of another row, it moves the answer by ${effectWords(ranked[place]!.effect)} ${units} on average over ${name}.`
    return `Over ${name} the model uses ${listed(ranked.slice(0, Math.min(query.top ?? 3, 3)).map(({ field, effect }) => `${field} (${effectWords(effect)})`))} most.`
  })
  const [{ ranked, rows }] = parts as [(typeof parts)[0]]
  return {
    sentences,
    values,
    rows,
    table: {
      columns: ['', 'field', `moves the answer by (${units})`],
      rows: ranked
        .slice(0, query.top ?? shown)
        .map(({ field, effect }, k) => [String(k + 1), field, effectWords(effect)]),
    },
    charts: [
      importanceChart({
        importances: ranked.map(({ field, effect }) => ({ field, ...effect })),
        units,
        phrase: 'when the field is replaced',
        rows,
      }),
    ],
    method: `mean change of the answer when a field is replaced by that of another row, ${formatCount(rows)} rows with four others each; intervals by bootstrap over rows`,
    faithfulness: 'exact up to the interval: it is what the model does when the field is replaced',
    notes: ['replacing one of two fields that say the same leaves the other: both then look small'],
    next: ['which features act together?', `how does ${ranked[0]!.field} affect the prediction?`],
  }
}

const reasons = {
  supported: 'confirmed by the labels',
  'within noise': 'not confirmed by the labels',
  'not tested': 'not tested',
}

export async function interactions(query: QueryOf<'interactions'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(query.where)
  if (group.numbers.length < 2)
    throw new InterplayError('ask/needs', 'fields that act together are measured over several rows', {
      try: 'interactions',
    })
  const { units } = bench.subject
  const result = await measured(bench, group)
  const named = query.fields ?? []
  const pairs = result.pairs.filter(({ fields }) => named.every(name => fields.includes(name)))
  const { rows } = result.plan
  const words = ({ fields, verdict, ...value }: PairInteraction) =>
    `${formatSet(fields)} ${effectWords(value)}, ${reasons[verdict]}`
  const [first] = pairs
  const further = named.length === 2 && first ? await closer(bench, group, first.fields) : undefined
  const rank = named.length === 2 && first ? result.pairs.indexOf(first) + 1 : undefined
  return {
    sentences: first
      ? [
          rank === undefined
            ? `Over ${group.name}, ${named.length > 0 ? `with ${named[0]} ` : ''}most of all: ${words(first)}.`
            : `${words(first)}: number ${rank} of ${formatCount(result.pairs.length)} pairs over ${group.name}, in ${units} beyond what each does alone.`,
          ...(further?.sentences ?? []),
        ]
      : [
          `${listed(named.map(String))} was among the fields of least effect: its pairs were not measured within the budget.`,
        ],
    values: [
      ...pairs.map(({ fields, value, low, high, verdict }) => ({
        ...estimated(formatSet(fields), { value, low, high }, units),
        reason: reasons[verdict],
      })),
      ...(further?.values ?? []),
    ],
    rows,
    table:
      first && rank === undefined
        ? {
            columns: ['', 'fields', `beyond the separate effects (${units})`, ''],
            rows: pairs
              .slice(0, query.top ?? shown)
              .map(({ fields, value, low, high, verdict }, k) => [
                String(k + 1),
                formatSet(fields),
                effectWords({ value, low, high }),
                reasons[verdict],
              ]),
          }
        : undefined,
    charts: [
      interactionBars({
        interactions: pairs.map(({ fields, value, low, high }) => ({ set: [...fields], value, low, high })),
        units,
        rows,
      }),
    ],
    method: `mean |second difference| of the answer when two fields are replaced, ${formatCount(rows)} rows with four others each; intervals by bootstrap, and a check by the target`,
    faithfulness: 'exact up to the interval: it is what the model does when both are replaced',
    notes: ['not confirmed: these rows do not show that the target has it too, though the model does'],
    next: first ? [`how does ${first.fields[0]} affect the prediction?`] : ['which features matter?'],
  }
}

/** Other measures of one pair: partial-dependence flatness, H, and the mean size of its Banzhaf interaction. */
async function closer(
  bench: Bench,
  group: Group,
  names: readonly [string, string],
): Promise<{ sentences: string[]; values: AnswerValue[] }> {
  const { output, units } = bench.subject
  const { seed, signal, predictor, budget } = bench
  const places = names.map(name => bench.place(name)) as [number, number]
  const flatness = await partialDependenceFlatness(predictor, group.columns, places, {
    grid: 20,
    points: 10,
    rows: 30,
    output,
    seed,
    signal,
  })
  const measures = await partialMeasures(predictor, group.columns, { budget, output, seed, signal })
  const { h } = measures.pairs.find(({ set }) => set.every(name => names.includes(name)))!
  const chosen = new Random(seed, 'banzhaf').permutation(group.numbers.length).subarray(0, 10)
  const banzhaf = await explainRows(predictor, takeRows(group.columns, chosen), group.columns, {
    index: 'BII',
    order: 2,
    output,
    budget,
    background: 2,
    seed,
    signal,
  })
  const pair = banzhaf.sets.find(({ set }) => set.length === 2 && set.every(name => names.includes(name)))!
  return {
    sentences: [
      `H² is ${effectWords(h)}; the curve of one bends by ${formatNumber(flatness.value)} with the other; the Banzhaf interaction is ${formatNumber(pair.magnitude)} in size.`,
    ],
    values: [
      estimated('H²', h, 'share'),
      { ...exact('partial-dependence flatness', flatness.value, units), reason: 'no interval' },
      { ...exact('mean |BII|', pair.magnitude, units), reason: `mean size over ${banzhaf.rows} rows` },
    ],
  }
}

export async function effect(query: QueryOf<'effect'>, bench: Bench): Promise<Finding> {
  const group = await bench.group(query.where)
  const field = bench.place(query.field)
  const { units, output } = bench.subject
  const sample = Math.min(200, group.numbers.length)
  const curve = await partialDependence(bench.predictor, group.columns, field, {
    rows: sample,
    output,
    seed: bench.seed,
    signal: bench.signal,
  })
  const at = (p: number) => ({
    value: curve.mean[p]!,
    low: curve.mean[p]! - 1.96 * curve.standardError[p]!,
    high: curve.mean[p]! + 1.96 * curve.standardError[p]!,
  })
  const [lowest, highest] = [Math.min, Math.max].map(end => curve.mean.indexOf(end(...curve.mean))) as [number, number]
  const word = (p: number) => bench.cell(field, curve.at[p]!)
  const span = curve.mean[highest]! - curve.mean[lowest]!
  const apart = Math.hypot(curve.standardError[highest]!, curve.standardError[lowest]!)
  const numeric = curve.type === 'numeric'
  return {
    sentences: [
      `The answer is lowest where ${query.field} is ${word(lowest)} and highest where it is ${word(highest)}: ${effectWords({ value: span, low: span - 1.96 * apart, high: span + 1.96 * apart })} ${units} apart, over ${group.name}.`,
    ],
    values: Array.from(curve.at, (_, p) => estimated(`${query.field} ${word(p)}`, at(p), units)),
    rows: sample,
    table: {
      columns: [query.field, `${units}, from the mean`],
      rows: Array.from(curve.at, (_, p) => [word(p), effectWords(at(p))]),
    },
    charts: [
      effectCurve({
        field: query.field,
        ...(numeric ? { at: [...curve.at] } : {}),
        labels: Array.from(curve.at, (_, p) => word(p)),
        mean: [...curve.mean],
        standardError: [...curve.standardError],
        rows: curve.rows.map(row => [...row]),
        kind: 'partial dependence',
        units,
        sampleSize: sample,
      }),
    ],
    method: `partial dependence: ${formatCount(sample)} rows with the field set to each value; intervals over rows`,
    faithfulness: 'exact for the mean; rows may go other ways where fields act together',
    notes: ['other fields stay as they are, so that some rows become such as do not occur'],
    next: [`what interacts with ${query.field}?`],
  }
}
