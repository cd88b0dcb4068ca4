import { expect, it } from 'vitest'
import { fit, type RunOptions } from './run.ts'

it.each<[RunOptions, string]>([
  [{ patience: 0 }, "patience must be an integer >= 1, got '0'"],
  [{ epochs: -1 }, "epochs must be an integer >= 1, got '-1'"],
  [{ learningRate: -1 }, "learningRate must be a number >= 0, got '-1'"],
  [{ batch: -5 }, "batch must be an integer >= 1, got '-5'"],
  [{ batch: 2.5 }, "batch must be an integer >= 1, got '2.5'"],
  [{ timeLimit: NaN }, "timeLimit must be a number of seconds > 0, got 'NaN'"],
  [{ seed: -1 }, "seed must be an integer >= 0, got '-1'"],
  [{ threads: 0 }, "threads must be an integer >= 1, got '0'"],
  [{ budget: -1 }, "budget must be an integer >= 1, got '-1'"],
  [{ checkpointSteps: 0 }, "checkpointSteps must be an integer >= 1, got '0'"],
])('fit refuses %j before it reads anything', async (options, message) => {
  for (const system of ['autoint', 'boosted-trees']) {
    const refused = fit('/no/such/rows.csv', { target: 'y', system, ...options })
    await expect(refused).rejects.toMatchObject({ code: 'option/invalid', exitCode: 2, message })
  }
})
