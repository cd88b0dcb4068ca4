import {
  formatSet,
  importanceChart,
  interactionBars,
  interactionMap,
  overZero,
  pairEffect,
  pairPanels,
  ranked,
  type Importance,
  type Interaction,
  type PairGrid,
} from '../charts/index.ts'
import { figure } from './figure.ts'
import { markup, type Content, type Markup } from './markup.ts'
import type { Section } from './page.ts'
import { empty } from './parts.ts'
import type { RunReport } from './run-report.ts'

/** What a page needs to show interactions: of a run, or of a lens. */
export interface InteractionParts {
  values: Interaction[]
  fields: string[]
  units: string
  rows: number
  importances?: { values: Importance[]; units: string }
}

/** Which fields the model uses and which act together, with the strongest pairs drawn. */
export async function whySection(report: RunReport): Promise<Section> {
  const { interactions, importances, pairs = [], data, run } = report
  const about = { id: 'why', title: 'What it uses and what interacts' }
  const single =
    importances &&
    (await figure(importanceChart({ ...importances, importances: importances.values }), { id: 'importance' }))
  if (!interactions) {
    const missing = empty('No interactions were measured in this run.', `interplay explain ${run}`)
    return { ...about, body: markup`<div class="grid">${single}</div>${missing}${await systemFigures(report)}` }
  }
  const { values, units, rows, method, complete } = interactions
  if (values.length > 0 && values.every(({ value }) => value === 0)) {
    const additive = markup`<p>No two fields act together in any pair that was measured.</p>`
    return { ...about, body: markup`${additive}<div class="grid">${single}</div>${await systemFigures(report)}` }
  }
  const fields = data.fields.map(field => field.name).filter(name => values.some(entry => entry.set.includes(name)))
  const body = markup`<p>${method}${!complete && markup` <b>Stopped at its budget.</b>`}</p>
    ${await mapAndBars({ values, fields, units, rows, importances }, single)}
    ${await pairFigures(pairs, values)}
    ${await systemFigures(report)}`
  return { ...about, body }
}

/** The map under `above`, and beside them the strongest sets as bars; on a narrow screen the map is a tap away. */
export async function mapAndBars(parts: InteractionParts, above?: Markup): Promise<Markup> {
  const { values: interactions, ...about } = parts
  const bars = await figure(interactionBars({ interactions, ...about }), { id: 'strongest' })
  if (!interactions.some(entry => entry.set.length === 2)) return markup`<div class="grid">${above}${bars}</div>`
  const map = await figure(interactionMap({ interactions, ...about }), { id: 'map' })
  return markup`<div class="split">
    <div class="stack">
      ${above}
      <details class="map" open><summary>Map of all pairs</summary>${map}</details>
    </div>
    ${bars}
  </div>`
}

/** One figure a pair: joint less separate, joint, rows; strongest first. */
export async function pairFigures(pairs: PairGrid[], values: Interaction[]): Promise<Content> {
  if (pairs.length === 0) return false
  const order = ranked(values)
  const drawn = await Promise.all(
    pairs.map((grid, i) => {
      const found = order.find(entry => grid.fields.every(field => entry.set.includes(field)))
      const set = found ? formatSet(found.set) : formatSet(grid.fields)
      const heading = markup`<h3>${set}${found && doubt(found)}</h3>`
      return figure(pairEffect(grid), { id: `pair-${i + 1}`, panels: pairPanels(grid), set }).then(
        chart => markup`${heading}${chart}`,
      )
    }),
  )
  return markup`${drawn}`
}

const doubt = (pair: Interaction) =>
  overZero(pair) ? ', within noise' : pair.confirmed === false && ', not confirmed by the labels'

/** What the system shows of itself. */
async function systemFigures({ figures = [], system }: RunReport): Promise<Content> {
  if (figures.length === 0) return false
  const drawn = await Promise.all(figures.map((chart, i) => figure(chart, { id: `system-${i + 1}` })))
  return markup`<h3>What ${system.name} shows of itself</h3>
    <div class="grid">${drawn}</div>`
}
