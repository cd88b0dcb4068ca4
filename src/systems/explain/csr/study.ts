import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim:
        'local vectors, similarity maps, scores, logits, loss and gradients match PyTorch; the first three a public re-implementation',
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: 'a public re-implementation',
    },
    margin: { claim: 'with one prototype a concept the loss is margin softmax on cosines', expected: '<= 1e-6' },
    sharp: {
      claim: 'at gamma 1,000 similarity is that of the nearest prototype, and loss and gradient are finite',
      expected: '<= 1e-3',
    },
    gradient: { claim: 'gradient of the loss against finite differences, in float64', expected: '<= 1e-6' },
    parts: {
      claim: 'contributions and bias add up to the logit; a dropped column is a weight of 0',
      expected: '<= 1e-5',
    },
    everywhere: { claim: 'boxes that cover everything change no score', expected: '= 0' },
    concepts: { claim: 'radiographs: macro F1 of the concepts', expected: '>= 0.95 in the mean' },
    classes: {
      claim: 'there, macro F1 of the classes, beside a black box and a concept bottleneck of the same features',
      expected: '>= black box - 0.02, >= bottleneck - 0.01',
    },
    pointing: {
      claim: 'there, the pointing game by prototypes, beside activation maps of a plain classifier',
      expected: '>= 0.9, and above',
    },
    shortcut: {
      claim:
        'a mark goes with class A in 90% of the learned images and 50% of the test images: accuracy lost from validation to test',
      expected: '>= 0.08',
    },
    review: {
      claim: 'there, prototypes from the corner dropped: share of the loss won back; the pointing game rises',
      expected: '>= half; > 0',
    },
    feedback: {
      claim:
        'a ring outside the lungs: accuracy on the fifth least sure, once boxes say where to look; other images as before',
      expected: '>= 0.05 higher; no change',
    },
    rejection: {
      claim: 'a concept that is absent is rejected: accuracy lost by the neutral value, and by zero',
      expected: 'neutral <= 0.01',
    },
    hygiene: { claim: 'prototypes that are nearest to a training vector', expected: '>= half' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
