import { formatCount, formatMeasured, formatQuantity } from '../../charts/format.ts'
import type { Answer, Reply } from '../../systems/explain/dialogue-explain/api.ts'
import { labelled } from '../terminal/labelled.ts'
import { table } from '../terminal/table.ts'
import { plain, type Style } from '../terminal/style.ts'
import { wrap } from '../terminal/text.ts'

/** What comes back on a question, in lines: the answer first, then how far it can be trusted, then what to ask next. */
export function renderReply(reply: Reply, style: Style): string[] {
  switch (reply.kind) {
    case 'answers':
      return [
        ...reply.taken.flatMap(({ written, as }) =>
          labelled('read', `'${written}' as ${as}`, style, { paint: style.warning }),
        ),
        ...(reply.wording === undefined ? [] : [...said(reply.wording, style), '']),
        ...reply.answers.flatMap((answer, k) => [
          ...(k > 0 ? [''] : []),
          ...renderAnswer(answer, style, reply.wording === undefined),
        ]),
      ]
    case 'clarify':
      return [
        ...said(`${capital(reply.back)}.`, style),
        ...reply.readings.flatMap(reading => labelled('', reading, style, { width: 2 })),
      ]
    case 'refuse':
      return [
        ...said(`${capital(reply.message)}.`, style),
        ...(reply.near.length > 0 ? labelled('nearest', reply.near.join(', '), style) : []),
        ...next(reply.next, style),
      ]
    case 'evidence':
      return reply.answers.flatMap(answer => renderEvidence(answer, style))
    case 'note':
      return said(`${capital(reply.message)}.`, style)
  }
}

function renderAnswer(
  { sentences, table: rows, evidence, program, next: further }: Answer,
  style: Style,
  words: boolean,
): string[] {
  const { rows: over, of, quality, faithfulness, method } = evidence
  const group = `${formatCount(over)} of ${formatQuantity(of, 'row')}`
  return [
    ...(words ? said(sentences.join(' '), style) : []),
    ...(rows ? ['', ...renderTable(rows, style)] : []),
    '',
    ...labelled(
      'rows',
      quality ? `${group}; ${quality.name} ${formatMeasured(quality)} on those asked about` : group,
      style,
    ),
    ...labelled('how', method, style),
    ...(faithfulness === undefined ? [] : labelled('trust', faithfulness, style)),
    ...labelled('query', program, style, { whole: true }),
    ...next(further, style),
  ]
}

/** How an answer was computed, with every number it holds. */
function renderEvidence({ program, evidence, values, charts = [] }: Answer, style: Style): string[] {
  const { method, rows, of, predictions, seed, faithfulness, notes, quality } = evidence
  const most = 12
  return [
    ...labelled('query', program, style, { whole: true }),
    ...labelled('how', method, style),
    ...labelled('rows', `${formatCount(rows)} of ${formatCount(of)}`, style),
    ...labelled('cost', `${formatQuantity(predictions, 'prediction')}, seed ${seed}`, style),
    ...(quality ? labelled(quality.name.slice(0, 8), formatMeasured(quality), style) : []),
    ...(faithfulness === undefined ? [] : labelled('trust', faithfulness, style)),
    ...notes.flatMap(note => labelled('note', note, style)),
    '',
    ...table(
      [
        { title: 'number', wrap: true },
        { title: 'value', align: 'right' },
        { title: '95% interval' },
        { title: 'unit', wrap: true },
      ],
      values
        .slice(0, most)
        .map(({ name, value, low, high, unit, reason }) => [
          name,
          formatMeasured({ value }),
          low === null || high === null
            ? (reason ?? '')
            : `[${formatMeasured({ value: low })}, ${formatMeasured({ value: high })}]`,
          unit,
        ]),
      style,
    ),
    ...(values.length > most ? [style.muted(`and ${formatCount(values.length - most)} more; --json has all`)] : []),
    ...charts.flatMap(chart => labelled('chart', `${chart.description} (drawn from --json)`, style)),
  ]
}

/** Rows of data stand side by side: that many of them fit. */
const sideBySide = 3

function renderTable({ columns, rows }: NonNullable<Answer['table']>, style: Style): string[] {
  const blocks = columns[0] === '' && columns.length > 1 + sideBySide ? Math.ceil((columns.length - 1) / sideBySide) : 1
  const part = <T>(cells: readonly T[], block: number): T[] =>
    blocks === 1 ? [...cells] : [cells[0]!, ...cells.slice(1 + block * sideBySide, 1 + (block + 1) * sideBySide)]
  return Array.from({ length: blocks }, (_, block) =>
    table(
      part(columns, block).map(title => ({ title, wrap: true })),
      rows.map(row => part(row, block)),
      { ...style, columns: style.columns - 2 },
    ).map(line => (line === '' ? line : `  ${line}`)),
  ).flatMap((lines, block) => (block > 0 ? ['', ...lines] : lines))
}

const said = (text: string, style: Style): string[] => wrap(plain(text, style), style.columns - 1)

const next = (questions: readonly string[], style: Style): string[] =>
  questions.length > 0 ? labelled('ask', questions.slice(0, 2).join('   '), style) : []

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** The first lines of a conversation. */
export const renderOpening = (
  { predictor, data, rows }: { predictor: string; data: string; rows: number },
  style: Style,
): string[] => [
  ...labelled('model', predictor, style),
  ...labelled('data', `${data}   ${formatQuantity(rows, 'row')}`, style),
  ...labelled('ask', '"what can I ask?" shows what there is; an empty line ends', style),
]
