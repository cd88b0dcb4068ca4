import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import type { FitProgress } from '../../train/index.ts'
import type { FitEvent } from '../../verbs/index.ts'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { integer, text, toggle } from '../flags/kind.ts'
import { list } from '../flags/list.ts'
import { listPairs, textPairs } from '../flags/pairs.ts'
import { duration } from '../flags/quantity.ts'
import { batch, learningRate, shared } from '../flags/shared.ts'
import { partSettings, readTableInput } from '../inputs.ts'
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
    split: flag(text, 'how rows are parted: random, time:F, key:F or given:F', { value: 'HOW', default: 'random' }),
    type: flag(
      textPairs('FIELD=TYPE'),
      'the type of a field where the one inferred is wrong; numeric:SCALING, sequence:SEPARATOR, timestamp:FORM',
      {
        value: 'F=TYPE',
        repeat: true,
      },
    ),
    role: flag(listPairs('ROLE=FIELD,...'), 'the fields that play a role', { value: 'ROLE=F,...', repeat: true }),
    ignore: flag(list, 'fields to leave out', { value: 'F,...' }),
    where: shared.where,
    epochs: flag(integer({ min: 1 }), 'most passes over the training rows', { value: 'N', default: '100' }),
    batch,
    learningRate,
    patience: flag(integer({ min: 1 }), 'epochs without a better validation metric before it stops', {
      value: 'N',
      default: '2',
    }),
    metric: flag(text, 'what validation watches', { value: 'NAME', default: 'auto' }),
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
    'interplay fit rows.csv -t "hurt = damage <> \'None\'" --split time:date',
  ],
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
    const { reader, encoding, training, set } = partSettings(options.set)
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

const stages = {
  data: 'reading the data',
  baselines: 'fitting the baselines',
  interactions: 'measuring interactions',
  report: 'writing the report',
}

type Choice = 'batch' | 'learningRate' | 'metric'

/** `auto` leaves the choice to the verb. */
function ownChoice(options: { [K in Choice]?: string | number }) {
  const given = <T extends string | number>(value: T | undefined) => (value === 'auto' ? undefined : value)
  return {
    batch: given(options.batch) as number | undefined,
    learningRate: given(options.learningRate) as number | undefined,
    metric: given(options.metric) as string | undefined,
  }
}

export default fit
