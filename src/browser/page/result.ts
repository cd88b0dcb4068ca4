import { formatCount, formatMeasured, formatMetric, formatQuantity } from '../../charts/format.ts'
import type { Prediction } from '../index.ts'
import { element } from './dom.ts'
import type { Fault } from './fault.ts'
import type { Learned, Row } from './messages.ts'

/** The scores on test rows, and the bundle to keep. */
export function resultOf(learned: Learned, keep: () => void): Node[] {
  const { metrics, rows, parameters } = learned
  const button = element('button', { type: 'button', name: 'keep' }, 'Download the bundle')
  button.addEventListener('click', keep)
  return [
    element('h2', {}, `On ${formatCount(rows.test)} test rows, which were not learned from`),
    element(
      'table',
      { class: 'scoreboard', id: 'scores' },
      element(
        'thead',
        {},
        element('tr', {}, element('th'), ...metrics.map(({ title }) => element('th', { class: 'number' }, title))),
      ),
      element(
        'tbody',
        {},
        element(
          'tr',
          { class: 'model' },
          element('th', { scope: 'row' }, learned.system),
          ...metrics.map(each => element('td', { class: 'number' }, formatMeasured(each, each))),
        ),
      ),
    ),
    element(
      'p',
      { class: 'note' },
      `${endingOf(learned)}; ${formatQuantity(parameters, 'parameter')}; learned from ${formatQuantity(rows.train, 'row')}.`,
    ),
    element('p', { class: 'actions' }, button),
    element('p', { class: 'note' }, 'model.onnx and interplay.json: what interplay predict and interplay serve read.'),
  ]
}

/** How training ended and which weights it left. */
export function endingOf({ stopped, epochs, best, seconds }: Learned): string {
  const how = stopped === 'interrupted' ? 'stopped at your request' : 'finished'
  const took = `in ${seconds.toFixed(1)} s`
  return epochs === 0
    ? `${how} within the first epoch ${took}; weights of the last step`
    : `${how} after ${formatQuantity(epochs, 'epoch')} ${took}; weights of epoch ${best}`
}

/** More values than this are typed, with suggestions, not chosen from a list. */
const listed = 12

/** A form of the model's fields, and beneath it the answer or what is wrong with the row. */
export function rowForm({ fields, example }: Learned, ask: (row: Row) => void): Node[] {
  const form = element('form', { id: 'fields' })
  const inputs = fields.map(({ name, type, values = [] }, i) => {
    const initial = example[name] ?? ''
    const labelled = (...control: Node[]) => element('label', {}, element('code', {}, name), ...control)
    if (values.length > 0 && values.length <= listed) {
      const options = [...new Set(['', ...values, initial])].map(value =>
        element('option', value === initial ? { value, selected: '' } : { value }, value || 'missing'),
      )
      return labelled(element('select', { name }, ...options))
    }
    const list = `values-${i}`
    const suggestions = element('datalist', { id: list }, ...values.map(value => element('option', { value })))
    const input = element('input', { name, value: initial, list, ...(type === 'numeric' && { inputmode: 'decimal' }) })
    return labelled(input, ...(values.length > 0 ? [suggestions] : []))
  })
  form.append(
    element('div', { class: 'fields' }, ...inputs),
    element('p', { class: 'actions' }, element('button', { class: 'primary' }, 'Predict')),
  )
  form.addEventListener('submit', event => {
    event.preventDefault()
    ask(Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])))
  })
  return [
    element('h2', {}, 'One row'),
    form,
    element('p', { id: 'answer', role: 'status' }),
    element('div', { id: 'row-fault', role: 'alert' }),
  ]
}

/** An answer in words: `Probability of damage yes: 0.3170; label no`. */
export function answerText(prediction: Prediction, { target, positive }: Learned): string {
  const answer = prediction as Record<string, unknown>
  if (typeof answer.probability === 'number') {
    return `Probability of ${target} ${positive ?? ''}: ${answer.probability.toFixed(4)}; label ${String(answer.label)}`
  }
  if (typeof answer.value === 'number') return `${target}: ${formatMetric(answer.value, { inTargetUnits: true })}`
  if (answer.probabilities) {
    const all = Object.entries(answer.probabilities as Record<string, number>).sort(([, a], [, b]) => b - a)
    return all
      .slice(0, 5)
      .map(([name, share]) => `${name} ${share.toFixed(4)}`)
      .join(', ')
  }
  return `No answer: ${String(answer.reason)}`
}

/** An error's lines: what, where, why, what to try. */
export function faultLines(fault: Fault): Node[] {
  const lines = (['where', 'why', 'try'] as const).flatMap(name => (fault[name] ? [`${name}  ${fault[name]}`] : []))
  return [
    element(
      'ul',
      { class: 'warnings' },
      element(
        'li',
        {},
        element('b', {}, fault.code),
        ` ${fault.message}`,
        ...lines.map(line => element('div', { class: 'note' }, line)),
      ),
    ),
  ]
}

/** What is to be known of the rows. */
export const warningLines = (warnings: readonly string[]): Node[] =>
  warnings.map(warning => element('p', { class: 'note' }, element('b', {}, 'warning'), ` ${warning}`))
