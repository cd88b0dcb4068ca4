import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "outputs, running statistics and gradients match the authors' code: strips, channel mixing, the whole net",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    counts: {
      claim: 'parameters of T*, T, S and B with 1,000 classes',
      expected: '18,243,920, 24,903,920, 42,568,600, 57,216,480',
    },
    identity: { claim: 'a row step of identity matrices leaves the maps', expected: '<= 1e-6' },
    shift: { claim: 'a row step of ones on the last tap gives the sum of the row below', expected: '<= 1e-5' },
    field: {
      claim: 'tokens of 15 x 15 that a row step, a column step and a row step of one tap let the middle one see',
      expected: '45, 45, 15: its line and those beside it, or its line alone',
    },
    stripes: { claim: 'stripes, 10 epochs: test accuracy where chance is 0.25', expected: '>= 0.9 in the mean' },
    taps: { claim: 'stripes: strips of three lines do not lose to strips of one', expected: 'in the mean' },
    mixer: {
      claim: '5,000 pictures of clothing, 10 epochs: test accuracy over an MLP-Mixer of as many parameters',
      expected: '>= 1 point in the mean',
    },
    cross: {
      claim: 'clothing: strips of three lines do not lose to strips of one',
      expected: '>= 0 points in the mean',
    },
    grouped: {
      claim: 'clothing on a map of 4 x 4: channel groups that share strips against all channels alike',
      expected: '>= 0 points in the mean',
    },
    textureMixer: {
      claim:
        '5,000 handwritten digits on texture, 20 epochs: digit and direction of the stripes both right, over an MLP-Mixer of as many parameters',
      expected: '>= 1 point in the mean',
    },
    textureCross: {
      claim: 'digits on texture: strips of three lines do not lose to strips of one',
      expected: '>= 0 points in the mean',
    },
    digits: { claim: 'digits of 8 x 8, 15 epochs: test accuracy', expected: '>= 0.96 in the mean' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
