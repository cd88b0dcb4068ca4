import { fallingTemperature, searchChoice } from '../../../train/index.ts'
import { heldOut } from '../shared/candidates.ts'
import { ofSameCrosses, rowsOf, type CrossedTable } from '../shared/crosses/index.ts'
import { methodsOf, type Methods } from './methods.ts'
import { SearchNet, searchLayout } from './net.ts'
import type { Work } from './trial.ts'

export interface SearchedMethods {
  methods: Methods
  /** [pairs, methods] */
  alpha: Float32Array
  epochs: number
}

export interface CrossedRows {
  train: CrossedTable
  valid: CrossedTable
}

/** alpha moves by 3 in a search, so that the softmax can decide. */
const reach = 3

/** Learns alpha beside the weights of the net in which every pair goes both ways, while the temperature falls. */
export async function searchMethods(
  { train, valid }: CrossedRows,
  { crosses, options, settings, metric, signal, onSearch }: Work,
): Promise<SearchedMethods> {
  const { search, searchEpochs, searchPatience, searchLearningRate, methodLearningRate, temperatureFall } = options
  const { batch, seed } = settings
  const pairs = crosses.pairs.map(({ pair }) => pair)
  const share = search === 'bilevel' ? options.heldOut : 0
  const { learn, hold } = heldOut(ofSameCrosses(train, crosses), share, seed, 'optinter.held-out')
  const steps = searchEpochs * Math.ceil(learn.rows / batch)
  let epochs = 0
  const { last } = await searchChoice(
    new SearchNet(searchLayout(crosses.base, pairs, crosses.pairs.map(rowsOf)), options, options.gumbel),
    crosses.spec,
    { train: learn, choice: hold },
    {
      ...settings,
      epochs: searchEpochs,
      learningRate: searchLearningRate,
      choiceOptimizer: 'adam',
      choiceRate: methodLearningRate || Math.max(1e-3, reach / steps),
      temperature: fallingTemperature(temperatureFall || 0.99 / Math.max(1, steps - 1)),
      strength: 0,
      rewind: 0,
    },
    {
      signal,
      watch:
        searchPatience > 0 ? { valid: ofSameCrosses(valid, crosses), metric, patience: searchPatience } : undefined,
      onEpoch: ({ epoch, trainLoss, value }) => {
        epochs = epoch
        const values = { loss: trainLoss, ...(value === undefined ? {} : { [metric.name]: value }) }
        onSearch?.({ stage: 'search, epoch', done: epoch, total: searchEpochs, values })
      },
    },
  )
  const alpha = last.get('model.alpha')!
  return { methods: methodsOf(alpha, pairs.length), alpha, epochs }
}
