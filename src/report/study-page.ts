import {
  formatDuration,
  missing,
  measuredText,
  sortedClaims,
  verdictMarks,
  verdictOf,
  verdictSentence,
  verdictSummary,
  type Cell,
  type Claim,
  type Verdict,
} from '../charts/index.ts'
import { scrolling } from './figure.ts'
import { markup, type Markup } from './markup.ts'
import { page, type Section } from './page.ts'
import { facts, minute } from './parts.ts'
import { figureGrid, resultTable, type StudyFigure } from './results.ts'

/** `studies/<name>.json` */
export interface StudyDocument {
  schema: string
  system: string
  size: 'full' | 'small'
  /** HEAD, with `-dirty` where the tree differed. */
  commit: string
  /** ISO, UTC. */
  date: string
  seconds: number
  machine: string | Record<string, string | number>
  claims: readonly Claim[]
  table?: { columns: readonly string[]; rows: readonly (readonly Cell[])[] } | null
  figures?: readonly StudyFigure[] | null
}

/** The page of a study: its claims with verdicts, failures first and never softened, then its table and figures. */
export async function renderStudyPage(study: StudyDocument): Promise<string> {
  const summary = verdictSummary(study.claims)
  const sections: Section[] = [{ id: 'claims', title: 'Claims', body: claimTable(study.claims) }]
  if (study.table) sections.push({ id: 'table', title: 'Table', body: resultTable(study.table) })
  if (study.figures?.length) sections.push({ id: 'figures', title: 'Figures', body: await figureGrid(study.figures) })
  sections.push({ id: 'method', title: 'Method', body: method(study) })
  const failed = sortedClaims(study.claims).filter(claim => claim.holds === false)
  return page({
    title: `Study of ${study.system}: ${summary}`,
    answer: markup`<p class="overline">
        <span>study of ${study.system}</span> <span>${study.size} size</span> <span>${study.date.slice(0, 10)}</span>
      </p>
      <h1>${study.system}: ${summary}</h1>
      ${failed.map(failure)}`,
    sections,
    footer: `Drawn from studies/${study.system}.json, ${study.commit}. Nothing here is typed in by hand.`,
  })
}

const failure = (claim: Claim) =>
  markup`<p class="fails"><b>${verdictMarks['does not hold']} ${claim.claim}</b><br>${verdictSentence(claim)}</p>`

const classOf: Record<Verdict, string> = { holds: 'holds', 'does not hold': 'fails', 'not run': 'left' }

function claimTable(claims: readonly Claim[]): Markup {
  const row = (claim: Claim) => {
    const verdict = verdictOf(claim)
    return markup`<tr class="${classOf[verdict]}">
      <td><b>${verdictMarks[verdict]} ${verdict}</b></td>
      <th scope="row">${claim.claim}${claim.note && markup`<br><span class="note">${claim.note}</span>`}</th>
      <td>${claim.expected}</td>
      <td>${measuredText(claim)}</td>
      <td class="number">${claim.seeds?.length ?? missing}</td>
    </tr>`
  }
  const heads = ['verdict', 'claim', 'expected', 'measured'].map(title => markup`<th scope="col">${title}</th>`)
  return scrolling(
    'Claims',
    markup`<table>
      <caption class="hidden">Claims with what was expected and what was measured, failures first</caption>
      <thead><tr>${heads}<th scope="col" class="number">seeds</th></tr></thead>
      <tbody>${sortedClaims(claims).map(row)}</tbody>
    </table>`,
  )
}

function method({ machine, seconds, commit, date, size, system }: StudyDocument): Markup {
  const described =
    typeof machine === 'string'
      ? machine
      : Object.entries(machine)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')
  return facts([
    ['command', markup`<code>interplay study ${system}${size === 'full' ? '' : ` --size ${size}`}</code>`],
    ['commit', commit],
    ['date', minute(date)],
    ['time', formatDuration(seconds)],
    ['machine', described],
  ])
}
