import { drawRadiographs, type ConceptImages } from '../../../data/index.ts'
import { auditConcepts } from '../../../lenses/index.ts'
import { callMulticlass } from '../../../metrics/index.ts'
import { countParameters } from '../../../nn/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { defineSystem, tasks, type Answer, type Fitted } from '../../../system/index.ts'
import { auditExplanation, auditNotes, coOccurrenceOf } from '../shared/audit.ts'
import { csrExplanation } from './explanation.ts'
import { csrOptions } from './options.ts'
import { study } from './study.ts'
import { TrainedPrototypes } from './trained.ts'
import { reviewed, trainCsr } from './train.ts'

export const csr = defineSystem({
  name: 'csr',
  family: 'explain',
  summary: 'classes by likeness to patches of named concepts, which a person can point at and reject',
  paper: {
    title: 'Interactive Medical Image Analysis with Concept-based Similarity Reasoning',
    venue: 'CVPR',
    year: 2025,
    code: 'tadeephuy/InteractCSR',
  },
  task: tasks.concepts,
  world: 'radiographs',
  options: csrOptions,
  example: async () => ({
    data: drawRadiographs({ seed: 1, images: [40, 12, 12] }),
    options: { stages: [[4], [6], [8]], prototypes: 2, width: 6, prototypeEpochs: 2, headEpochs: 3 },
  }),
  /** Learns in three stages, or, of a run and prototypes to drop, the last one anew. */
  fit: async (images, options, context) => {
    const { drop } = options
    if (drop.length > 0 && !context.from) {
      throw new InterplayError('option/conflict', 'prototypes are dropped from a run', {
        where: '--set drop',
        try: '--from runs/radiographs-csr-1',
      })
    }
    await using before = context.from && TrainedPrototypes.open(context.from.saved, context.threads)
    const { trained, valid, test } = before
      ? await reviewed(before, images, drop, context)
      : await trainCsr(images, options, context)
    const audit = auditConcepts({ ...images.concepts!, classes: images.labels!.values })
    return fitted(trained, {
      metrics: { valid, test },
      notes: [...trained.kept.notes, ...auditNotes(audit)],
      figures: [coOccurrenceOf(audit)],
    })
  },
  load: (saved, { threads }) => Promise.resolve(fitted(TrainedPrototypes.open(saved, threads))),
  /** Of a run: what one image is likened to. Without one: what the labels allow to be learned. */
  async explain(_, images, options, context) {
    if (!context.from) return auditExplanation(images)
    await using trained = TrainedPrototypes.open(context.from.saved, context.threads)
    return await csrExplanation(trained, images, options, context)
  },
  study,
})

const fitted = (
  trained: TrainedPrototypes,
  about: Pick<Fitted, 'metrics' | 'notes' | 'figures'> = {},
): Fitted<ConceptImages> => ({
  ...about,
  parameters: countParameters(trained.model),
  predict: (images, { signal }) => {
    trained.check(images)
    return answer(trained, images, signal)
  },
  save: () => trained.save(),
  close: () => trained.close(),
})

/** The likeliest class, and the best match of each concept, an image a record. */
async function answer(trained: TrainedPrototypes, images: ConceptImages, signal?: AbortSignal): Promise<Answer> {
  const rows = Int32Array.from({ length: images.count }, (_, image) => image)
  const { logits, scores } = await trained.answer(images, rows, signal)
  const { classes, concepts, owners } = trained.kept
  const called = callMulticlass(logits, classes.length)
  const records = Array.from(called, (label, image) => {
    const own = logits.subarray(image * classes.length, (image + 1) * classes.length)
    const total = own.reduce((sum, logit) => sum + Math.exp(logit - own[label]!), 0)
    const best = (concept: number) =>
      owners.reduce(
        (most, owner, p) => (owner === concept ? Math.max(most, scores[image * owners.length + p]!) : most),
        -1,
      )
    return {
      image: images.names?.[image] ?? image + 1,
      label: classes[label]!,
      probability: 1 / total,
      ...Object.fromEntries(concepts.map((name, concept) => [name, best(concept)])),
    }
  })
  return { records }
}
