import {
  formatDuration,
  formatQuantity,
  formatSet,
  interactionMap,
  rankBars,
  rankByCardinality,
  rankFinding,
  type RankEntry,
  type RankInput,
  type Table,
} from '../charts/index.ts'
import { csvLink, cutTable, figure } from './figure.ts'
import { markup, type Markup } from './markup.ts'
import { page, type Section } from './page.ts'
import { code, facts, minute, warningList, type Warning } from './parts.ts'

export interface RankPageEntry extends RankEntry {
  /** Share of rows in [0, 1]. */
  missing: number
  flags: readonly string[]
}

/** A ranking as its page draws it. */
export interface RankReport {
  interplay: string
  system: string
  data: string
  target: string
  units: string
  /** Rows it rests on. */
  ranked: number
  entries: readonly RankPageEntry[]
  options: Readonly<Record<string, unknown>>
  warnings: Warning[]
  notes: readonly string[]
  created: string
  seconds: number
  seed: number
  command: string
}

/** The page of a ranking: what tells most, what chance reaches, which fields act together, every set, and how. */
export async function renderRankPage(report: RankReport): Promise<string> {
  const { data, target, units, ranked, entries, system } = report
  const input: RankInput = { entries, target, units, rows: ranked }
  const figures = [
    await figure(rankBars(input), { id: 'ranking' }),
    await figure(rankByCardinality(input), { id: 'cardinality' }),
  ]
  const sections: Section[] = [
    { id: 'rank', title: 'Ranking', body: markup`<div class="grid">${figures}</div>` },
    ...(await together(report)),
    { id: 'all', title: 'All fields', body: everyEntry(report) },
    method(report),
  ]
  const finding = rankFinding(input)
  return page({
    title: `${data}: ${finding}`,
    answer: markup`<p class="overline">
        <span>${system}</span> <span>${data}, ${formatQuantity(ranked, 'row')}</span> <span>target ${target}</span>
      </p>
      <h1>${finding}</h1>
      ${report.notes.map(note => markup`<p>${note}</p>`)}
      ${warningList(report.warnings)}`,
    sections,
    footer: `interplay ${report.interplay}, ${report.created.slice(0, 10)}. This page loads nothing from the network.`,
  })
}

/** Pairs by what they tell beyond their fields alone; the interval is as wide as chance reaches. */
async function together({ entries, units, ranked }: RankReport): Promise<Section[]> {
  const singles = new Map(entries.filter(({ set }) => set.length === 1).map(({ set, gain }) => [set[0]!, gain]))
  const interactions = entries
    .filter(({ set }) => set.length === 2)
    .map(({ set, gain, noise }) => {
      const value = gain - set.reduce((sum, field) => sum + Math.max(singles.get(field) ?? 0, 0), 0)
      return { set: [...set], value, ...(noise === undefined ? {} : { low: value - noise, high: value + noise }) }
    })
  if (interactions.length === 0) return []
  const map = interactionMap({
    interactions,
    fields: [...singles.keys()],
    units: `${units} beyond the two alone`,
    rows: ranked,
    scale: 'signed',
  })
  const body = markup`<p>Above zero the two act together; below it they tell the same.</p>
    <div class="grid">${await figure(map, { id: 'together' })}</div>`
  return [{ id: 'together', title: 'What acts together', body }]
}

function everyEntry({ entries, units }: RankReport): Markup {
  const table: Table = {
    columns: [
      { title: 'rank', format: 'count' },
      { title: 'fields', format: 'field' },
      { title: units, format: 'number' },
      { title: 'noise up to', format: 'number' },
      { title: 'values', format: 'count' },
      { title: 'missing', format: 'share' },
      { title: 'flags', format: 'text' },
    ],
    rows: entries.map(({ set, gain, noise, values, missing, flags }, index) => [
      index + 1,
      formatSet(set),
      gain,
      noise ?? null,
      values,
      missing,
      flags.join(', '),
    ]),
  }
  return markup`${cutTable(table, 'All fields')}<p class="switches">${csvLink(table, 'ranking')}</p>`
}

function method({ options, seconds, seed, command, created, interplay }: RankReport): Section {
  const described = facts([
    ...Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]),
    ['time', formatDuration(seconds)],
    ['seed', seed],
    ['made', markup`${minute(created)}, interplay ${interplay}`],
  ])
  return {
    id: 'method',
    title: 'Method',
    fold: 'options, the command',
    body: markup`<p>The gain is the mutual information of a field and the target less what fields with as many values reach
      under shuffled targets. Noise is how far above that chance takes any of all sets.</p>
      ${described}
      <h3>The same result again</h3>
      ${code(command)}`,
  }
}
