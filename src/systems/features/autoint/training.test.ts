import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadSafetensors } from '../../../engine/safetensors-file.ts'
import { categoricalSpec } from '../../../study/index.ts'
import { TableLearner, trainingSettings } from '../../../train/index.ts'
import { autoint } from './index.ts'
import { AutoInt } from './model.ts'

const file = fileURLToPath(new URL('../../../../fixtures/autoint/training/steps.safetensors', import.meta.url))

it("twenty steps of training are PyTorch's: dense Adam, the penalty of the whole table, clipped gradients", async () => {
  const { tensors, metadata } = await loadSafetensors(file)
  const { sizes, learningRate, embeddingRegularization, clipNorm, ...options } = JSON.parse(
    metadata.configuration!,
  ) as {
    sizes: number[]
    learningRate: number
    embeddingRegularization: number
    clipNorm: number
  }
  const values = (name: string) => tensors[name]!.data as Float32Array
  const spec = categoricalSpec(sizes)
  const model = new AutoInt(
    spec,
    autoint.options.parse({ ...options, scale: 'none', layerNorm: false, residual: true }),
  )
  const [steps, rows, fields] = tensors['input/ids']!.dims as [number, number, number]
  const settings = trainingSettings(rows, { learningRate, embeddingRegularization, clipNorm })
  const learner = new TableLearner(model, spec, settings)
  for (const [path] of model.parameters()) learner.state.write(`model.${path}`, values(`parameter/${path}`))
  const starts = sizes.map((_, f) => sizes.slice(0, f).reduce((sum, size) => sum + size, 0))
  const ids = Int32Array.from(tensors['input/ids']!.data as Int32Array, (id, i) => id + starts[i % fields]!)
  try {
    for (let step = 0; step < steps; step++) {
      const feeds = {
        categorical: ids.slice(step * rows * fields, (step + 1) * rows * fields),
        'target.label': values('input/label').slice(step * rows, (step + 1) * rows),
      }
      expect(await learner.step(feeds, learningRate)).toBeCloseTo(values('output/loss')[step]!, 5)
    }
    for (const [path] of model.parameters()) {
      const [ours, theirs] = [learner.state.read(`model.${path}`).data as Float32Array, values(`output/${path}`)]
      theirs.forEach((value, i) => expect(Math.abs(ours[i]! - value), path).toBeLessThan(1e-4))
    }
  } finally {
    await learner.close()
  }
})
