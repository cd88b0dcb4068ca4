import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    matching: {
      claim: "convolutional Hough matching, values and gradients, matches the authors' module",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    convolution: { claim: 'the convolution over four axes matches a loop, and the released one', expected: '<= 1e-4' },
    votes: { claim: 'its votes on features of 15 x 15, relative to the largest', expected: '<= 1e-4' },
    transfer: { claim: 'where votes put points, against the released code', expected: '<= 1e-4' },
    scores: {
      claim: 'similarities, attention, scores, votes and order match the released code',
      expected: '<= 1e-6, the same votes',
    },
    identity: {
      claim: 'an image with itself: every cell lies on itself, all similarities 1; moved by one cell, on the next one',
      expected: '49 of 49, 1e-6; all that stay inside',
    },
    masks: {
      claim: 'a mask of all cells orders by the mean similarity, one of one cell by that cell; an empty one is refused',
      expected: 'the same orders; refused',
    },
    accuracy: {
      claim: 'two classes of drawn birds that differ in the head, a background that misleads in 3 of 10: accuracy',
      expected: '< 0.85',
    },
    oracle: { claim: 'a mask on the head: gain of accuracy over none', expected: '>= 0.1' },
    background: { claim: 'a mask on the misleading background: loss of accuracy', expected: '>= 0.1' },
    random: { claim: 'masks of as many cells, drawn: change of accuracy', expected: 'within 0.03 of 0' },
    people: {
      claim:
        'right decisions of simulated persons: oracle, oracle with 20% of its cells exchanged, no edits, adversary',
      expected: 'in falling order',
    },
    edit: { claim: 'from an edit to the new label, 400 candidates', expected: '< 300 ms' },
    keypoints: {
      claim: 'keypoints of drawn birds within a tenth of the image (PCK at 0.1), against a wrong bird at random',
      expected: 'above chance',
    },
    published: {
      claim: 'the 1,400 released decisions: dynamic less static as if independent (z, p), and by persons',
      expected: 'z 0.37, p 0.71; 0 within the interval by persons',
    },
    power: {
      claim: 'an effect of 8 points in as many decisions: power by formula, simulated, and by persons',
      expected: '0.93 by formula, simulated within 0.05 of it',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
