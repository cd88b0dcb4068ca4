import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadSafetensors } from '../../../engine/safetensors-file.ts'
import { EqMotion, type EqMotionOptions } from './model.ts'
import { learnerOf } from './train.ts'

const file = fileURLToPath(new URL('../../../../fixtures/eqmotion/training/steps.safetensors', import.meta.url))

interface Configuration extends Omit<EqMotionOptions, 'forces' | 'reasoning'> {
  past: number
  future: number
  experts: number
  learningRate: number
}

it("twenty steps of training are those of the authors' reasoning model under PyTorch's Adam", async () => {
  const { tensors, metadata } = await loadSafetensors(file)
  const { past, future, experts, learningRate, ...rest } = JSON.parse(metadata.configuration!) as Configuration
  const values = (name: string) => tensors[name]!.data as Float32Array
  const [steps, batch, bodies, , dimensions] = tensors['input/locations']!.dims as [number, number, number, ...number[]]
  const model = new EqMotion({ past, future }, { ...rest, forces: experts, reasoning: true })
  const learner = learnerOf(model, { bodies, dimensions: dimensions!, past, futureSteps: future }, 1, { threads: 1 })
  for (const [path] of model.parameters()) learner.state.write(`model.${path}`, values(`parameter/${path}`))
  const present = new Float32Array(batch * bodies).fill(1)
  const part = (name: string, step: number) => {
    const all = values(name)
    return all.slice((step * all.length) / steps, ((step + 1) * all.length) / steps)
  }
  try {
    for (let step = 0; step < steps; step++) {
      const feeds = {
        locations: part('input/locations', step),
        future: part('input/future', step),
        there: present,
        weights: present,
      }
      expect(await learner.step(feeds, learningRate), `step ${step}`).toBeCloseTo(values('output/loss')[step]!, 4)
    }
    for (const [path] of model.parameters()) {
      const [ours, theirs] = [learner.state.read(`model.${path}`).data as Float32Array, values(`output/${path}`)]
      const furthest = theirs.reduce((most, value, i) => Math.max(most, Math.abs(ours[i]! - value)), 0)
      expect(furthest, path).toBeLessThan(1e-4)
    }
  } finally {
    await learner.close()
  }
})
