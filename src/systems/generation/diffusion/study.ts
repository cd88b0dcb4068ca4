import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: 'the denoiser and the text transformer match diffusers and transformers on random weights',
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: 'diffusers and transformers',
    },
    gaussian: {
      claim:
        'with the exact noise of a Gaussian, DDIM of 10, 20, 50 and 200 steps has the mean and deviation of the recursion',
      expected: '<= 1e-3',
    },
    judge: {
      claim: 'the judge reads shape, colour, style and background off real pictures of unseen scenes',
      expected: '>= 0.97 each',
    },
    floor: { claim: 'and learns nothing from shuffled labels: shape', expected: '<= 0.25' },
    colour: { claim: 'pictures drawn of "a COLOUR SHAPE on dark": colour by the judge', expected: '>= 0.9' },
    shape: { claim: 'and their shape', expected: '>= 0.85' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
