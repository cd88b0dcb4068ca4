import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import type { FitEvent } from '../../verbs/index.ts'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { choice, toggle } from '../flags/kind.ts'
import { shared } from '../flags/shared.ts'
import { valuePairs } from '../flags/pairs.ts'
import { budget } from '../flags/quantity.ts'
import { ownChoice, tableFlags, trainingFlags } from '../flags/table.ts'
import { partSettings, readTableInput } from '../inputs.ts'
import { stages } from '../render/stages.ts'
import { commandLine, resumeLine } from '../shell.ts'
import type { Style } from '../terminal/style.ts'

const search = defineCommand({
  operands: [{ name: 'INPUT...', describe: 'a table: a file, -, sql:..., data:NAME; or train=, valid= and test=' }],
  flags: {
    target: shared.target,
    for: flag(
      choice('system', 'settings', 'features', 'interactions', 'dimensions'),
      'what is chosen: system, settings (with --over), features, interactions or dimensions',
      { value: 'WHAT' },
    ),
    system: { ...shared.system, default: 'the first that chooses it' },
    set: { ...shared.set, describe: 'an option of the system; encoding.KEY and reader.KEY: of the table' },
    over: flag(valuePairs('KEY=A,B'), 'values to try of a setting; system=A,B: which systems', {
      value: 'KEY=A,B',
      repeat: true,
    }),
    budget: flag(budget('runs'), 'how much is tried, such as 50runs or 20m', { value: 'BUDGET', default: 'all' }),
    trade: flag(
      choice('parameters', 'bytes', 'latency'),
      'the cost a choice is weighed against; latency: of systems and settings',
      {
        value: 'COST',
        default: 'parameters',
      },
    ),
    ...tableFlags,
    ...trainingFlags,
    resume: flag(toggle, 'go on with the search of --out'),
    overwrite: flag(toggle, 'replace the run of --out'),
  },
  examples: [
    'interplay search data:birdstrikes --for system --over system=autoint,dcnv2,boosted-trees',
    'interplay search rows.csv -t y --for settings -s dcnv2 --over embeddingDimension=8,16 --budget 20m',
    'interplay search clicks.parquet -t clicked --for features',
    'interplay search clicks.parquet -t clicked --for features -s optfs --set keep=0.3',
    'interplay search clicks.parquet -t clicked --for interactions',
    'interplay search ratings.csv -t rating --for dimensions --set prune=0.9',
  ],
  dryRun: true,
  async run({ operands, options, origins, signal, terminal, words }) {
    const [{ search }, { planSearch }, render, { renderFitHead }, { renderSearchPlan }] = await Promise.all([
      import('../../verbs/search.ts'),
      import('../../verbs/search-plan.ts'),
      import('../render/search.ts'),
      import('../render/fit.ts'),
      import('../render/plan.ts'),
    ])
    const { for: what } = options
    if (what === undefined) {
      throw new InterplayError('usage/missing-value', 'search needs to be told what to choose', {
        try: `interplay search ${operands.join(' ')} --for features`,
      })
    }
    if (options.resume && options.out === undefined) {
      throw new InterplayError('usage/missing-value', '--resume needs the search to go on with', {
        try: resumeLine(words, 'runs/NAME'),
      })
    }
    const { reader, encoding, training, set } = partSettings(options.set, ['reader', 'encoding', 'training'])
    let run: string | undefined
    const onProgress = (event: FitEvent) => {
      if (event.kind === 'run') run = event.run
      else if (event.kind === 'plan') terminal.progress(renderFitHead(event.plan, terminal.progressStyle))
      else if (event.kind === 'search') terminal.draw(`${event.stage} ${event.done} of ${event.total}`)
      else if (event.kind === 'stage') terminal.draw(stages[event.stage])
    }
    const input = readTableInput('search', operands)
    const asked = {
      ...options,
      for: what,
      ...ownChoice(options),
      set,
      reader,
      encoding,
      training,
      threads: options.threads ?? availableParallelism(),
      command: commandLine(words),
      origins,
      signal,
      onProgress,
    }
    if (options.dryRun) {
      const planned = await planSearch(input, { ...asked, onProgress: undefined })
      const lines = (style: Style) => renderSearchPlan(planned, origins, style)
      return { document: { ...planned, origins }, lines, warnings: planned.warnings }
    }
    const document = await search(input, asked).catch((error: unknown) => {
      if (!signal.aborted || run === undefined || !(what === 'system' || what === 'settings')) throw error
      throw new InterplayError('run/interrupted', 'stopped at your request', {
        where: run,
        try: resumeLine(words, run),
      })
    })
    terminal.progress([''])
    return {
      document,
      lines: style => render.renderSearch(document, style),
      warnings: document.warnings,
      closing: style => render.renderSearchClosing(document, style),
    }
  },
})

export default search
