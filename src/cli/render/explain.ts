import { formatCount, formatDuration, formatQuantity } from '../../charts/format.ts'
import type { ExplainCost, ExplainDocument, ExplainFinding } from '../../verbs/explain/explain.ts'
import { labelled, named } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { renderEffects } from './effects.ts'
import { renderRules } from './rules.ts'

/** What it will cost, said before it is spent. */
export const renderCost = ({ lenses, predictions, seconds }: ExplainCost, style: Style): string[] =>
  labelled(
    'cost',
    `${lenses.join(', ')}: about ${formatCount(predictions)} predictions, ${formatDuration(seconds)}`,
    style,
  )

/** The strongest findings of each index, the joint ones first. */
export function renderExplain(document: ExplainDocument, top: number, style: Style): string[] {
  const { predictor, data, rows, row, units, results, complete, stopped, notes } = document
  const about = row === null ? formatQuantity(rows, 'row') : `row ${formatCount(row)}`
  const groups = new Map<string, ExplainFinding[]>()
  for (const result of results) {
    if (document.rules && result.index === 'rule') continue
    const title =
      result.index === 'counterfactual' || document.about
        ? result.index
        : `${result.index}, ${kinds[result.order - 1] ?? `sets of ${result.order}`}`
    groups.set(title, [...(groups.get(title) ?? []), result])
  }
  const shown = [...groups].flatMap(([title, findings]) => {
    const strongest =
      title === 'counterfactual' || document.rules
        ? findings
        : [...findings].sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    const said = `${findings[0]!.units ?? units}${findings.some(({ low }) => low !== null) ? ', 95% interval' : !document.about && findings.every(({ exact }) => exact) ? ', exact' : ''}`
    const left = findings.length - top
    return [
      ...labelled(title, said, style, { width: Math.max(9, title.length + 3) }),
      ...renderEffects(strongest.slice(0, top), style),
      ...(left > 0 ? [style.muted(`     and ${formatCount(left)} more`)] : []),
      '',
    ]
  })
  return [
    ...labelled('model', predictor, style),
    ...labelled('data', named(data, about), style),
    ...(complete
      ? []
      : labelled('partial', `stopped at ${stopped === 'request' ? 'your request' : 'its budget'}`, style, {
          paint: style.warning,
        })),
    '',
    ...(document.rules ? renderRules(document.rules, top, style) : []),
    ...shown,
    ...notes.flatMap(note => labelled('note', note, style)),
  ]
}

const kinds = ['single fields', 'pairs', 'triples']

/** Where it was written, and one next step. */
export function renderExplainClosing({ out, predictor, row, lens }: ExplainDocument, style: Style): string[] {
  const next =
    row === null
      ? `interplay explain ${predictor} --row 1`
      : lens === 'counterfactual'
        ? `interplay explain ${predictor} --row ${row}`
        : `interplay explain ${predictor} --row ${row} --counterfactual`
  return [
    ...(out === null ? [] : labelled('wrote', `${out}   result.json, page.html`, style)),
    ...labelled('next', next, style, { whole: true }),
  ]
}
