import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import type { FitProgress } from '../../train/index.ts'
import type { FitEvent } from '../../verbs/index.ts'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { choice, text, toggle } from '../flags/kind.ts'
import { duration } from '../flags/quantity.ts'
import { shared } from '../flags/shared.ts'
import { ownChoice, tableFlags, trainingFlags } from '../flags/table.ts'
import { partSettings, readTableInput } from '../inputs.ts'
import { stages } from '../render/stages.ts'
import { fitItself } from '../system-fit.ts'
import { commandLine, resumeLine } from '../shell.ts'
import type { Style } from '../terminal/style.ts'

const fit = defineCommand({
  operands: [
    {
      name: '[INPUT...]',
      describe: 'a table: a file, a folder, -, sql:..., data:NAME, world:NAME; or train=, valid= and test=',
    },
  ],
  flags: {
    target: shared.target,
    system: { ...shared.system, default: 'the default of the task' },
    set: { ...shared.set, describe: 'an option of the system; encoding.KEY and reader.KEY: of the table' },
    from: flag(text, 'the run that training starts from, of a system that builds on another', { value: 'RUN' }),
    ...tableFlags,
    embedding: flag(
      choice('separate', 'unified', 'hashed'),
      'a row a value, or rows that all values, or those of a field, share',
      {
        value: 'HOW',
        default: 'separate',
      },
    ),
    ...trainingFlags,
    timeLimit: flag(duration, 'when to stop, such as 10m', { value: 'TIME', default: 'none' }),
    device: shared.device,
    resume: flag(toggle, 'go on with the run of --out'),
    overwrite: flag(toggle, 'replace the run of --out'),
  },
  examples: [
    'interplay fit data:birdstrikes',
    'interplay fit clicks.parquet -t clicked -s dcnv2 --set hidden=[400,400]',
    'interplay fit rows.csv -t price --set encoding.scaling=quantile --type income=numeric:log-square',
    'interplay fit text=star -s spm --from runs/tiny-world-diffusion-1',
    'interplay fit clicks.parquet -t clicked --embedding unified --set embedding.rows=20000 --set encoding.codes=100000',
    'interplay fit rows.csv -t "hurt = damage <> \'None\'" --split time:date',
  ],
  dryRun: true,
  async run({ operands, options, origins, signal, terminal, words }) {
    const [{ fitTable }, render, { renderPlan }, { trainingTable }] = await Promise.all([
      import('../../verbs/fit.ts'),
      import('../render/fit.ts'),
      import('../render/plan.ts'),
      import('../training.ts'),
    ])
    const { fittingItself } = await import('../../verbs/route.ts')
    const own = fittingItself(options.system, operands[0])
    if (own) return fitItself(own, { operands, options, origins, signal, terminal, words })
    if (options.from !== undefined) {
      throw new InterplayError('usage/wrong-task', 'a table system starts from first weights, not from a run', {
        where: `--from ${options.from}`,
        try: '-s spm',
      })
    }
    const { reader, encoding, training, embedding: sharing, set } = partSettings(options.set)
    if (options.resume && options.out === undefined) {
      throw new InterplayError('usage/missing-value', '--resume needs the run to go on with', {
        try: resumeLine(words, 'runs/NAME'),
      })
    }
    let run: string | undefined
    let train = (_progress: FitProgress) => {}
    const onProgress = (event: FitEvent) => {
      if (event.kind === 'plan' && !options.dryRun) {
        const { target, settings } = event.plan
        terminal.progress(render.renderFitHead(event.plan, terminal.progressStyle))
        train = trainingTable(terminal, target.kind, settings.metric)
      } else if (event.kind === 'run') run = event.run
      else if (event.kind === 'stage') terminal.draw(stages[event.stage])
      else if (event.kind === 'search') terminal.draw(`${event.stage} ${event.done} of ${event.total}`)
      else if (event.kind === 'round') {
        terminal.draw(`round ${event.round} of at most ${event.total}   train loss ${event.trainLoss.toPrecision(3)}`)
      } else if (event.kind === 'step' || event.kind === 'epoch') train(event)
    }
    try {
      const document = await fitTable(readTableInput('fit', operands), {
        ...options,
        ...ownChoice(options),
        set,
        reader,
        encoding,
        training,
        sharing,
        threads: options.threads ?? availableParallelism(),
        command: commandLine(words),
        origins,
        signal,
        onProgress,
      })
      if (document.schema === 'interplay.plan/1') {
        const lines = (style: Style) => renderPlan(document.plan, origins, style)
        return { document: { ...document, origins }, lines, warnings: document.warnings }
      }
      terminal.progress([''])
      return {
        document,
        lines: style => render.renderFit(document, style),
        warnings: document.warnings,
        closing: style => render.renderFitClosing(document, style),
      }
    } catch (error) {
      if (!signal.aborted || run === undefined) throw error
      throw new InterplayError('run/interrupted', 'stopped at your request', {
        where: run,
        try: resumeLine(words, run),
      })
    }
  },
})

export default fit
