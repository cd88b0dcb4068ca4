import { blockPanels, formatNumber, gateMap, groupIntervals, type ChartSpec } from '../../../charts/index.ts'
import type { EncodedTable } from '../../../data/index.ts'
import { principalComponents, projected } from '../../../linear-algebra/index.ts'
import { aucEstimate, tallyScores } from '../../../metrics/index.ts'
import type { OwnView, OwnViewOptions, TrainedTable } from '../../../system/index.ts'
import { activationsOf, historyLengths, withBehaviours, withoutEach, type Activations } from './activations.ts'
import { byLength, type LengthGroup } from './groups.ts'
import type { AwMoe } from './model.ts'
import { attentionWeights } from './attention-weights.ts'

/** Behaviours drawn, at most: the last ones. */
const drawnBehaviours = 15

/**
 * Which expert serves whom, and what it is good for. Of one row: what each behaviour says for each expert, beside how the
 * answer moves without the behaviour. Of many: what each expert says, by length of history, beside how answers move when
 * its gate is that of the average row; where each row's gate lies; and what histories are worth to each group.
 */
export async function behavioursView(
  trained: TrainedTable<AwMoe>,
  rows: EncodedTable,
  options: OwnViewOptions,
): Promise<OwnView> {
  const pairs = await attentionWeights(trained, rows)
  const figures = rows.rows === 1 ? await ofOneRow(trained, rows, options) : await ofRows(trained, rows, options)
  return {
    weight: 'attention weight',
    pairs,
    figures,
    notes: [
      'attention weight: mean over rows of the size of the terms by which a field of the history meets one of the candidate or the query; what the model computes with, not what its answer depends on',
      ...(figures.length === 0 ? ['this gate reads no behaviours'] : []),
    ],
  }
}

async function ofOneRow(
  trained: TrainedTable<AwMoe>,
  row: EncodedTable,
  { output, nameOf }: OwnViewOptions,
): Promise<ChartSpec[]> {
  const { model } = trained
  const [behaviours] = historyLengths(model, row)
  if (behaviours === 0) return []
  const activations = await activationsOf(trained, withoutEach(model, row, behaviours!), output)
  const { experts, contributions, said, logits } = activations
  if (!contributions) return []
  const places = Array.from({ length: behaviours! }, (_, place) => place).slice(-drawnBehaviours)
  const weights = places.map(place =>
    Array.from({ length: experts }, (_, k) => contributions[place * experts + k]! * said[k]!),
  )
  const removed = places.map(place => logits[0]! - logits[place + 1]!)
  const names = places.map(place => behaviourName(model, row, place, nameOf))
  const strongest = removed.reduce((most, value, i) => (Math.abs(value) > Math.abs(removed[most]!) ? i : most), 0)
  return [
    blockPanels({
      title: `Without ${names[strongest]} the answer falls by ${formatNumber(removed[strongest])} log-odds, the most of ${behaviours} behaviours`,
      rows: names,
      columns: [...expertNumbers(experts), 'all', 'removed'],
      panels: [
        {
          name: 'what the behaviour adds through the gate, and what its removal takes',
          values: weights.flatMap((own, i) => [...own, own.reduce((sum, value) => sum + value, 0), removed[i]!]),
        },
      ],
      rowTitle: 'behaviour',
      columnTitle: 'expert',
      units: 'log-odds',
      sampleSize: '1 row',
      note: 'Through the gate, a behaviour adds its weight times what the expert says; removed, it leaves gate and attention. Where they differ, the removal stands.',
    }),
  ]
}

function behaviourName(
  { parts }: AwMoe,
  { sequences }: EncodedTable,
  place: number,
  nameOf: OwnViewOptions['nameOf'],
): string {
  const words = parts.history.map(({ name }) => {
    const id = sequences.find(({ field }) => field === name)!.ids[place]!
    return nameOf?.(name, id) ?? String(id)
  })
  return `${place + 1} ${words.join(' · ')}`
}

async function ofRows(
  trained: TrainedTable<AwMoe>,
  rows: EncodedTable,
  { output }: OwnViewOptions,
): Promise<ChartSpec[]> {
  const { model } = trained
  const activations = await activationsOf(trained, rows, output)
  const lengths = historyLengths(model, rows)
  const groups = byLength(lengths)
  const worth = await historyWorth(trained, rows, activations, groups, output)
  if (!activations.contributions) return worth
  const map = activations.experts > 1 ? [gatesInPlane(activations, lengths)] : []
  return [expertsByGroup(activations, groups), ...map, ...worth]
}

/** The map of users: rows by their gates, along the first two principal components of these. */
function gatesInPlane({ gate, experts }: Activations, lengths: Int32Array): ChartSpec {
  const components = principalComponents(gate, experts, 2)
  const total = components.variances.reduce((sum, each) => sum + each, 0) || 1
  return gateMap({
    places: projected(gate, components),
    shares: [components.variances[0]! / total, components.variances[1]! / total],
    gates: gate,
    experts: expertNames(experts),
    nameOf: row => `history of ${lengths[row]}`,
  })
}

/** Columns under the title `expert`. */
const expertNumbers = (experts: number) => Array.from({ length: experts }, (_, k) => `${k + 1}`)
const expertNames = (experts: number) => expertNumbers(experts).map(number => `expert ${number}`)

function expertsByGroup(activations: Activations, groups: readonly LengthGroup[]): ChartSpec {
  const { experts } = activations
  const { spoken, moved } = expertEffects(activations)
  const mean = (values: Float64Array, k: number, { rows }: LengthGroup) =>
    rows.reduce((sum, row) => sum + values[row * experts + k]!, 0) / rows.length
  const columns = expertNumbers(experts)
  const cells = (values: Float64Array) => groups.flatMap(group => columns.map((_, k) => mean(values, k, group)))
  const all = cells(moved)
  const at = all.indexOf(Math.max(...all))
  return blockPanels({
    title: `Weighing expert ${columns[at % experts]} alike for everyone moves the answers on ${groups[Math.floor(at / experts)]!.name} most: by ${formatNumber(all[at])} log-odds`,
    rows: groups.map(({ name }) => name),
    columns,
    panels: [
      { name: 'says', values: cells(spoken) },
      { name: 'moves, weighed alike', values: all },
    ],
    rowTitle: 'history',
    columnTitle: 'expert',
    units: 'log-odds',
    sampleSize: `${activations.rows} rows`,
    note: 'Left, the mean size of gate times expert: a weight. Right, how far answers move when the gate of the expert is that of the average row: an ablation, which stands where they differ.',
  })
}

/** [rows, experts] |g s|, and |g - mean g| |s|: what an expert says, and what of it is due to whom it is said of. */
export function expertEffects({ rows, experts, gate, said }: Activations): {
  spoken: Float64Array
  moved: Float64Array
} {
  const means = new Float64Array(experts)
  gate.forEach((value, i) => (means[i % experts]! += value / rows))
  return {
    spoken: gate.map((value, i) => Math.abs(value * said[i]!)),
    moved: gate.map((value, i) => Math.abs((value - means[i % experts]!) * said[i]!)),
  }
}

/** AUC with and without the histories, by their length; of binary targets where both classes are met. */
async function historyWorth(
  trained: TrainedTable<AwMoe>,
  rows: EncodedTable,
  { logits }: Activations,
  groups: readonly LengthGroup[],
  output: number,
): Promise<ChartSpec[]> {
  if (trained.spec.targets[0]!.kind !== 'binary' || rows.targets.length === 0) return []
  const without = await activationsOf(
    trained,
    withBehaviours(trained.model, rows, () => false),
    output,
  )
  const labels = rows.targets[0]!
  const measured = (scores: Float64Array) => groups.map(group => aucOf(labels, scores, group))
  const series = [
    { name: 'with histories', values: measured(logits) },
    { name: 'histories taken away', values: measured(without.logits) },
  ]
  const gains = groups.map((_, g) => {
    const [own, bare] = [series[0]!.values[g], series[1]!.values[g]]
    return own && bare ? own.value - bare.value : undefined
  })
  const known = gains.filter(gain => gain !== undefined)
  if (known.length === 0) return []
  const at = gains.indexOf(Math.max(...known))
  return [
    groupIntervals({
      title: `Histories are worth most to ${groups[at]!.name}: ${formatNumber(gains[at])} AUC`,
      groups: groups.map(group => ({ name: group.name, rows: group.rows.length })),
      series,
      units: 'AUC',
      note: 'The model is the same; taken away, every history is empty.',
    }),
  ]
}

function aucOf(labels: Float32Array, scores: Float64Array, { rows }: LengthGroup) {
  const own = rows.map(row => labels[row]!)
  if (new Set(own).size < 2) return null
  return aucEstimate(
    tallyScores(
      own,
      rows.map(row => scores[row]!),
    ),
  )
}
