import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim:
        "membranes on linear layers and convolutions, on a whole denoiser, both losses, permeability of 20 pairs and merging match the authors' code",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    start: {
      claim: 'a new membrane leaves the foretold noise as it was, bit for bit',
      expected: '0 values of another',
    },
    merged: {
      claim: 'weights with a membrane merged foretell what the membrane does, relative error',
      expected: '<= 1e-5',
    },
    unmerged: { claim: 'and with it taken out again are what they were', expected: '<= 1e-6' },
    base: { claim: 'the base draws the concepts that are erased: star, mosaic, red', expected: '>= 0.85 each' },
    erased: {
      claim: 'star, mosaic and red are drawn no more where asked for, in every arm',
      expected: '<= 0.15',
    },
    retained: {
      claim: 'five other shapes are drawn as before, with star erased and transport on',
      expected: '>= 0.95 of the base',
    },
    anchored: { claim: 'retention: with transport >= with anchoring > erasing alone', expected: 'in that order' },
    finetuned: { claim: 'retention: with transport against cross-attention trained whole', expected: '>= 0.05 more' },
    distance: {
      claim: "pictures of unrelated texts are nearest to the base's with transport",
      expected: 'least of all arms',
    },
    together: {
      claim: 'four files at once: star, mosaic, red and checker are each drawn no more',
      expected: '<= 0.2 each',
    },
    eroded: { claim: 'and retention falls little against one file', expected: 'by <= 0.05' },
    factors: {
      claim: 'summing factors before multiplying them, as the published script does, retains less',
      expected: 'less',
    },
    transfer: {
      claim: 'a file learned on one base erases star from a sibling fine-tuned on other backgrounds',
      expected: 'within 0.10 of the first',
    },
    unrelated: { claim: 'permeability of texts without the concept, padding left out', expected: '<= 0.4 at most' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
