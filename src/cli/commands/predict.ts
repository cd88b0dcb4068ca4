import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { choice, integer } from '../flags/kind.ts'
import { texts } from '../flags/list.ts'
import { shared } from '../flags/shared.ts'
import { partSettings } from '../inputs.ts'
import { predictItself } from '../system-predict.ts'

const predict = defineCommand({
  operands: [
    { name: 'PREDICTOR', describe: 'a run or a bundle; or world:NAME, which a system plays' },
    { name: '[INPUT...]', describe: 'rows to answer: a file, -, sql:..., data:NAME; or inputs by role' },
  ],
  flags: {
    emit: flag(choice('probability', 'logit', 'label'), 'what is written: probability, logit or label', {
      value: 'WHAT',
      default: 'probability',
    }),
    with: flag(texts, 'a further run that adds to the answers: an eraser, an adapter', { value: 'RUN', repeat: true }),
    top: flag(integer({ min: 1 }), 'answers an item, of a run that ranks them', {
      value: 'N',
      default: "the run's own",
    }),
    device: shared.device,
    set: { ...shared.set, describe: 'how the input is read, reader.KEY=VALUE; of a world, an option of its system' },
  },
  examples: [
    'interplay predict runs/birdstrikes-autoint-1 rows.csv -o answers.parquet',
    'interplay predict runs/tiny-world-diffusion-1 text="a red star" --with runs/star-spm-1 -o star.png',
    'interplay predict runs/ratings-cold-start-1 users=new.csv --top 10',
    'cat rows.jsonl | interplay predict runs/birdstrikes-autoint-1 - --set reader.format=json',
  ],
  async run({ operands: [predictor, ...inputs], options, signal, terminal }) {
    const { predicting } = await import('../../verbs/route.ts')
    const kind = await predicting(predictor!)
    if (kind !== 'table') return predictItself(kind, { predictor: predictor!, inputs, options, signal, terminal })
    if (options.with) {
      throw new InterplayError('usage/wrong-task', "nothing is added to a table model's answers", {
        where: `--with ${options.with[0]}`,
      })
    }
    if (options.top !== undefined) {
      throw new InterplayError('usage/wrong-task', 'a table model answers each row once', {
        where: `--top ${options.top}`,
      })
    }
    const [input] = inputs
    if (inputs.length !== 1) {
      throw new InterplayError('usage/missing-input', `predict answers one table, ${inputs.length} were given`, {
        try: `interplay predict ${predictor} rows.csv`,
      })
    }
    const [{ predict }, { renderPredict }] = await Promise.all([
      import('../../verbs/predict.ts'),
      import('../render/predict.ts'),
    ])
    const { reader, set } = partSettings(options.set, ['reader'])
    const [unknown] = Object.keys(set)
    if (unknown !== undefined) {
      throw new InterplayError('option/unknown', `predict has no option '${unknown}'`, { where: `--set ${unknown}` })
    }
    const document = await predict(predictor!, input!, {
      ...options,
      reader,
      threads: options.threads ?? availableParallelism(),
      signal,
      onProgress: ({ done }) => terminal.draw(`${done.toLocaleString('en-US')} rows`),
    })
    terminal.clear()
    if (document.out === null) return { warnings: document.warnings }
    return { document, lines: style => renderPredict(document, style), warnings: document.warnings }
  },
})

export default predict
