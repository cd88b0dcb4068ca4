import { formatCount, formatQuantity, formatShare } from '../../charts/format.ts'
import type { RulesDocument } from '../../systems/explain/blackbox-highdim/explanation.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table, type Column } from '../terminal/table.ts'

/** The rules, the most widely spoken first: rows spoken of, and how many of them the model and the labels have so. */
export function renderRules({ rules, fidelity, rows, majority }: RulesDocument, top: number, style: Style): string[] {
  const { agreement } = fidelity[0]!
  const told = `the tree answers as the model on ${formatShare(agreement.value)} of ${formatQuantity(rows, 'row')} it did not see; always the commonest ${formatShare(majority)}`
  const share = (value: number | null) => (value === null ? '' : formatShare(value))
  const labels = rules.some(({ truth }) => truth !== null)
  const columns: Column[] = [
    { align: 'right', minWidth: 3, paint: style.muted },
    { title: 'rule', gap: 2, wrap: true },
    { title: 'rows', gap: 2, align: 'right' },
    { title: 'model', gap: 2, align: 'right' },
    ...(labels ? [{ title: 'labels', gap: 2, align: 'right' as const }] : []),
  ]
  const body = rules
    .slice(0, top)
    .map(({ text, support, precision, truth }, i) => [
      String(i + 1),
      text,
      formatCount(support),
      share(precision),
      ...(labels ? [share(truth)] : []),
    ])
  const left = rules.length - top
  return [
    ...labelled('rules', told, style),
    ...table(columns, body, style),
    ...(left > 0 ? [style.muted(`     and ${formatCount(left)} more`)] : []),
    '',
  ]
}
