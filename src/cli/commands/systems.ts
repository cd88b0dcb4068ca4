import { defineCommand } from '../command.ts'
import { documentText } from '../document.ts'
import { flag } from '../flags/flag.ts'
import { text, toggle } from '../flags/kind.ts'
import type { OptionRow } from '../../system/index.ts'
import type { Style } from '../terminal/style.ts'

const systems = defineCommand({
  operands: [{ name: '[WORDS...]', describe: 'the name of one system, or words that all must be in a line' }],
  flags: {
    family: flag(text, 'only this family, such as features or graphs', { value: 'F' }),
    task: flag(text, 'only systems that take this kind of data', { value: 'T' }),
    schema: flag(toggle, 'the JSON Schema of the options of one system'),
  },
  examples: ['interplay systems', 'interplay systems interaction table', 'interplay systems autoint'],
  dryRun: true,
  async run({ operands, options: { family, task, schema } }) {
    const [{ describeSystem, listSystems }, { renderSystem, renderSystems }] = await Promise.all([
      import('../../verbs/systems.ts'),
      import('../render/systems.ts'),
    ])
    const all = listSystems()
    const [name] = operands
    const one = operands.length === 1 && all.rows.some(row => row.name === name)
    if (one || schema) {
      const document = describeSystem(name ?? '')
      if (schema)
        return { document: document.optionSchema, lines: () => documentText(document.optionSchema).split('\n') }
      return {
        document,
        lines: style => renderSystem({ ...document, options: fitting(document.options, style) }, new Date(), style),
      }
    }
    const document = listSystems(operands, { family, task })
    return { document, lines: style => renderSystems(document.rows, document.total, style) }
  },
})

/** Alternatives longer than this may be broken behind a bar where lines are of a terminal's width. */
const whole = 16

const fitting = (options: readonly OptionRow[], { columns }: Style): OptionRow[] =>
  options.map(option =>
    columns === Infinity || option.range.length <= whole
      ? option
      : { ...option, range: option.range.replaceAll('|', '| ') },
  )

export default systems
