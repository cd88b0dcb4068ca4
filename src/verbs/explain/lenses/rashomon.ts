import { InterplayError } from '../../../errors/index.ts'
import { cloudCost, maskedPredictor, rashomonCloud, rowsIn } from '../../../lenses/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { explanationOf } from '../../../systems/explain/fis-rashomon/explanation.ts'
import { fisRashomon } from '../../../systems/explain/fis-rashomon/index.ts'
import type { Lens, LensFinding, LensOptions } from '../lens.ts'
import type { Subject } from '../subject.ts'

const usualBudget = 2_500_000
const [fewestRows, mostRows] = [100, 1000]

/** Options of the system, of which the flags set some; its rows are what the budget buys. */
function settingsOf(subject: Subject, { settings, order, models, predictions = usualBudget }: LensOptions) {
  const chosen = parseOptions(fisRashomon, { ...settings, order, ...(models === undefined ? {} : { models }) })
  const { rows, ...options } = chosen
  const each = cloudCost(subject.predictor.fields.length, options)
  const most = settings?.rows === undefined ? mostRows : rows
  return {
    ...options,
    rows: Math.min(rowsIn(subject.rows), most, Math.max(fewestRows, Math.floor(predictions / each))),
    each,
  }
}

/** The scores of sets over the models that are about as good. */
export const rashomonLens: Lens = {
  name: 'fis-rashomon',
  alias: 'rashomon',
  summary: fisRashomon.summary,
  of: 'rows',
  needs: 'labels',
  system: true,
  cost(subject, options) {
    const { rows, each } = settingsOf(subject, options)
    return rows * each
  },
  async run(subject, options) {
    const { predictor, labels, output } = subject
    if (!labels)
      throw new InterplayError('lens/needs', `fis-rashomon needs labels of the rows, '${subject.data}' has none here`, {
        try: '--target FIELD',
      })
    const { loss, epsilon, mask, ...settings } = settingsOf(subject, options)
    const turned = await subject.turned?.()
    try {
      const cloud = await rashomonCloud(
        turned ?? maskedPredictor(predictor, subject.rows, { mask, output }),
        subject.rows,
        labels,
        {
          ...settings,
          loss: loss === 'usual' ? undefined : loss,
          epsilon: epsilon > 0 ? epsilon : undefined,
          seed: options.seed,
          signal: options.signal,
          stop: options.stop,
          timeLimit: options.seconds,
          onProgress: options.onProgress,
        },
      )
      const { results, figures, notes } = explanationOf(cloud)
      return {
        results: results.map((each): LensFinding => ({
          set: [...each.set],
          index: each.index,
          order: each.set.length,
          value: each.value,
          low: null,
          high: null,
          exact: false,
          imputer: 'shuffled rows',
          reason: each.reason,
        })),
        complete: cloud.complete,
        rows: cloud.rows,
        predictions: cloud.predictions,
        units: cloud.loss,
        figures,
        notes,
      }
    } finally {
      await turned?.[Symbol.asyncDispose]()
    }
  },
}
