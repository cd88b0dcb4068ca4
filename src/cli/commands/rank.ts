import { availableParallelism } from 'node:os'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { choice, integer, text, toggle } from '../flags/kind.ts'
import { list } from '../flags/list.ts'
import { textPairs } from '../flags/pairs.ts'
import { shared } from '../flags/shared.ts'
import { partSettings, readTableInput } from '../inputs.ts'
import { commandLine } from '../shell.ts'

const rank = defineCommand({
  operands: [{ name: 'INPUT...', describe: 'a table: a file, -, sql:..., data:NAME; or train=, valid= and test=' }],
  flags: {
    target: { ...shared.target, describe: 'what is to be predicted: a field, or "hurt = damage <> \'None\'"' },
    of: flag(choice('fields', 'models'), 'what is ranked', { value: 'WHAT', default: 'fields' }),
    order: flag(integer({ min: 1, max: 3 }), 'fields in a set, at most', { value: 'N', default: '1' }),
    sample: flag(integer({ min: 1 }), 'rows taken at random', { value: 'N', default: 'all' }),
    controls: flag(toggle, 'plain mutual information, without what chance reaches', { negated: true }),
    system: { ...shared.system, default: 'outrank' },
    set: { ...shared.set, describe: 'an option of the system; reader.KEY: how the table is read' },
    split: flag(text, 'whose training rows are ranked: random, time:F, key:F or given:F', {
      value: 'HOW',
      default: 'random',
    }),
    type: flag(textPairs('FIELD=TYPE'), 'the type of a field where the one inferred is wrong', {
      value: 'F=TYPE',
      repeat: true,
    }),
    ignore: flag(list, 'fields to leave out', { value: 'F,...' }),
    where: shared.where,
    overwrite: flag(toggle, 'replace the run of --out'),
  },
  examples: [
    'interplay rank data:birdstrikes',
    'interplay rank clicks.parquet -t clicked --order 2 --sample 1000000',
    'interplay rank rows.csv -t y --set sort=3mr --json',
  ],
  async run({ operands, options, origins, signal, terminal, words }) {
    const [{ rank }, { renderRank, renderRankClosing, renderRankHead }] = await Promise.all([
      import('../../verbs/rank.ts'),
      import('../render/rank.ts'),
    ])
    const given = (options.target ?? []).flatMap(name => ['-t', name])
    const { reader, set } = partSettings(options.set, ['reader'])
    const document = await rank(readTableInput('rank', operands), {
      ...options,
      types: options.type,
      set,
      reader,
      threads: options.threads ?? availableParallelism(),
      command: commandLine(words),
      origins,
      signal,
      onProgress: ({ stage, done, total }) => terminal.draw(`${stage} ${done} of ${total}`),
    })
    terminal.clear()
    terminal.progress(renderRankHead(document, terminal.progressStyle))
    return {
      document,
      lines: style => renderRank(document, style),
      warnings: document.warnings,
      closing: style => renderRankClosing(document, [...operands, ...given], style),
    }
  },
})

export default rank
