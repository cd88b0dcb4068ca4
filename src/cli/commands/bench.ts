import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import { defineCommand, nameCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { integer } from '../flags/kind.ts'
import { list } from '../flags/list.ts'
import { shared } from '../flags/shared.ts'
import { resumeLine } from '../shell.ts'

const leaderboard = defineCommand({
  operands: [{ name: 'DATASET', describe: 'the name of a protocol: bench/protocols/DATASET.yaml' }],
  flags: {
    systems: flag(list, 'rows of the protocol', { value: 'A,B', default: 'all' }),
    seeds: { ...shared.seeds, describe: "how many seeds, from the protocol's first" },
    resume: shared.resume,
  },
  examples: ['interplay bench leaderboard frappe --systems autoint,dcnv2 --seeds 1'],
  async run({ operands: [dataset], options, signal, terminal, words }) {
    const [{ leaderboard }, { renderLeaderboard, boardProgress }] = await Promise.all([
      import('../../verbs/leaderboard.ts'),
      import('../render/leaderboard.ts'),
    ])
    const out = options.out ?? join('runs', `leaderboard-${dataset}`)
    if (!options.resume && existsSync(join(out, 'rows'))) {
      throw new InterplayError('run/exists', `'${out}' already holds a leaderboard`, { try: resumeLine(words) })
    }
    const document = await leaderboard(dataset!, {
      ...options,
      out,
      threads: options.threads ?? availableParallelism(),
      signal,
      onProgress: boardProgress(terminal),
    })
    return { document, lines: style => renderLeaderboard(document, out, style) }
  },
})

const encoding = defineCommand({
  operands: [{ name: 'INPUT', describe: 'a table: a file or data:NAME' }],
  flags: {
    target: shared.target,
    rounds: flag(integer({ min: 1 }), 'how often; the median counts', { value: 'N', default: '3' }),
  },
  examples: ['interplay bench encoding data:flights-3m'],
  async run({ operands: [input], options, signal, terminal }) {
    const [{ benchEncoding }, { renderEncoding }] = await Promise.all([
      import('../../verbs/bench-encoding.ts'),
      import('../render/encoding.ts'),
    ])
    const document = await benchEncoding(input!, { ...options, signal, onProgress: said => terminal.draw(said) })
    terminal.clear()
    return { document, lines: style => renderEncoding(document, style) }
  },
})

const bench = defineCommand({
  commands: [
    nameCommand('leaderboard', 'systems under the protocol of a dataset', leaderboard),
    nameCommand('encoding', "how fast a table becomes a model's inputs, and in what memory", encoding),
  ],
})

export default bench
