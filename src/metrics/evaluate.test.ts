import { expect, test } from 'vitest'
import { Random } from '../random/index.ts'
import { callMulticlass, classScores, confusionMatrix, macroScore } from './classification.ts'
import { estimate, evaluate } from './evaluate.ts'
import { defaultMetric, improves, metric } from './registry.ts'

test('a certain and wrong probability costs -ln(2.2e-16), not infinity', () => {
  expect(evaluate({ kind: 'binary', targets: [1], predictions: [0] }, ['logLoss']).logLoss).toBeCloseTo(36.0437, 3)
  expect(evaluate({ kind: 'binary', targets: [0], predictions: [1] }, ['logLoss']).logLoss).toBeCloseTo(36.0437, 3)
})

test('one class leaves AUC undefined and the losses defined', () => {
  const result = evaluate({ kind: 'binary', targets: [1, 1], predictions: [0.5, 0.5] })
  expect(result.auc).toBeNaN()
  expect(result.logLoss).toBeCloseTo(Math.LN2, 14)
  expect(evaluate({ kind: 'regression', targets: [2, 2], predictions: [1, 2] }).r2).toBeNaN()
})

test('intervals of AUC, average precision, F1, RMSE, R2 and macro F1 cover the truth about 95 times in 100', () => {
  const names = ['auc', 'averagePrecision', 'f1', 'rmse', 'r2', 'macroF1'] as const
  const world = (seed: number, rows: number) => {
    const random = new Random(3, 'coverage', seed)
    const targets = Float64Array.from({ length: rows }, () => Number(random.uniform() < 0.3))
    const predictions = targets.map(label => 1 / (1 + Math.exp(-(random.normal() + 1.2 * label - 0.6))))
    const numbers = Float64Array.from({ length: rows }, () => random.normal())
    const guesses = numbers.map(value => value + 0.5 * random.normal())
    const matrix = confusionMatrix(targets, predictions.map(Math.round), 2)
    return {
      ...estimate({ kind: 'binary', targets, predictions }, ['auc', 'averagePrecision', 'f1']),
      ...estimate({ kind: 'regression', targets: numbers, predictions: guesses }, ['rmse', 'r2']),
      macroF1: macroScore(matrix, 2, 'f1'),
    } as Record<(typeof names)[number], { value: number; low: number; high: number }>
  }
  const truth = world(0, 400_000)
  const covered = Object.fromEntries(names.map(name => [name, 0])) as Record<(typeof names)[number], number>
  const worlds = 400
  for (let seed = 1; seed <= worlds; seed++) {
    const seen = world(seed, 300)
    for (const name of names) {
      if (seen[name].low <= truth[name].value && truth[name].value <= seen[name].high) covered[name]++
    }
  }
  for (const name of names) {
    expect(covered[name] / worlds, name).toBeGreaterThan(0.91)
    expect(covered[name] / worlds, name).toBeLessThan(0.995)
  }
})

test('a confusion matrix by hand', () => {
  const matrix = confusionMatrix([0, 0, 1, 1, 1, 2], [0, 1, 1, 1, 2, 0], 3)
  expect([...matrix]).toEqual([1, 1, 0, 0, 2, 1, 1, 0, 0])
  const one = classScores(matrix, 3, 1)
  expect([one.precision.value, one.recall.value, one.rows]).toEqual([2 / 3, 2 / 3, 3])
  expect(macroScore(matrix, 3, 'recall').value).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 14)
  expect([...callMulticlass([0.2, 0.5, 0.3, 0.4, 0.4, 0.2], 3)]).toEqual([1, 0])
})

test('metrics are found by name, however written, and a typo names the nearest', () => {
  expect(metric('log-loss').title).toBe('log loss')
  expect(metric('AUC').better).toBe('higher')
  expect(metric('ndcg@10').name).toBe('ndcgAt10')
  expect(metric('HitRate@3').title).toBe('HR@3')
  expect(metric('auc-minus-log-loss').name).toBe('aucMinusLogLoss')
  expect(metric('f1', 'multiclass').title).toBe('macro F1')
  expect(() => metric('accuray', 'multiclass')).toThrow("got 'accuray'")
  try {
    metric('logloss', 'regression')
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code: 'option/invalid', exitCode: 2 })
    expect(String(error)).toContain('metric must be one of rmse, mae, r2')
  }
})

test('better is by the metric', () => {
  expect(defaultMetric('regression').name).toBe('rmse')
  const [auc, loss] = [metric('auc'), metric('logLoss')]
  expect([improves(auc, 0.8, 0.7), improves(auc, 0.7, 0.7), improves(auc, 0.7 + 1e-7, 0.7, 1e-6)]).toEqual([
    true,
    false,
    false,
  ])
  expect([improves(loss, 0.2, 0.3), improves(loss, 0.3, NaN), improves(loss, NaN, 0.3)]).toEqual([true, true, false])
})
