import { drawTiles, type ConceptImages } from '../../../data/index.ts'
import { auditConcepts } from '../../../lenses/index.ts'
import { callMulticlass } from '../../../metrics/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { defineSystem, tasks, type Answer, type Fitted } from '../../../system/index.ts'
import { auditExplanation, auditNotes, coOccurrenceOf } from '../shared/audit.ts'
import { TrainedBottleneck } from './bottleneck.ts'
import { groundingExplanation } from './explanation.ts'
import { cbmOptions, resolved } from './options.ts'
import { study } from './study.ts'
import { trainBottleneck } from './train.ts'

export const cbm = defineSystem({
  name: 'cbm',
  family: 'explain',
  summary: 'concepts between an image and its class, and whether each is read from where it is',
  paper: {
    title: 'Can we Constrain Concept Bottleneck Models to Learn Semantically Meaningful Input Features?',
    venue: 'arXiv 2402.00912',
    year: 2024,
    code: 'JackFurby/playing-cards-demo',
  },
  task: tasks.concepts,
  options: cbmOptions,
  example: async () => ({
    data: drawTiles({ seed: 1, images: [32, 12, 12], side: 32, shown: 'hands' }),
    options: { stages: [[4], [6]], epochs: 1, images: 4, steps: 4 },
  }),
  fit: async (images, given, context) => {
    const { bottleneck, valid, test } = await trainBottleneck(images, resolved(given), context)
    const audit = auditConcepts({ ...images.concepts!, classes: images.labels!.values })
    return fitted(bottleneck, {
      metrics: { valid, test },
      notes: auditNotes(audit),
      figures: [coOccurrenceOf(audit)],
    })
  },
  load: (saved, { threads }) => Promise.resolve(fitted(TrainedBottleneck.open(saved, threads))),
  /** Of a run: where it reads concepts from. Without one: what the labels allow to be learned. */
  async explain(_, images, options, context) {
    if (!context.from) return auditExplanation(images)
    await using bottleneck = TrainedBottleneck.open(context.from.saved, context.threads)
    return await groundingExplanation(bottleneck, images, options, context)
  },
  study,
})

const fitted = (
  bottleneck: TrainedBottleneck,
  about: Pick<Fitted, 'metrics' | 'notes' | 'figures'> = {},
): Fitted<ConceptImages> => ({
  ...about,
  parameters: countParameters(bottleneck.model),
  predict: async (images, { signal }) => {
    bottleneck.check(images)
    return answer(bottleneck, images, signal)
  },
  save: () => bottleneck.save(),
  close: () => bottleneck.close(),
})

/** The class of the highest probability with the concepts it goes by, an image a record. */
async function answer(bottleneck: TrainedBottleneck, images: ConceptImages, signal?: AbortSignal): Promise<Answer> {
  const rows = Int32Array.from({ length: images.count }, (_, image) => image)
  const logits = await bottleneck.logits(images, rows, signal)
  const { concepts, classes } = bottleneck.kept
  const between = bottleneck.between(logits.concepts)
  const probabilities = await bottleneck.fromConcepts(between)
  const called = callMulticlass(probabilities, classes.length)
  const records = Array.from(called, (label, image) => ({
    image: images.names?.[image] ?? image + 1,
    label: classes[label]!,
    probability: probabilities[image * classes.length + label]!,
    ...Object.fromEntries(concepts.map((name, c) => [name, between[image * concepts.length + c]!])),
  }))
  return { records }
}
