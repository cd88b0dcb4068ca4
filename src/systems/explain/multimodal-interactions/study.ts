import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    forms: {
      claim: 'parts and bounds of xor, and, a copy, a shared copy, a pair and a sum',
      expected: '<= 1e-3 bits from the closed forms',
    },
    parity: {
      claim: "parts, the bound from redundancy and the upper bound match the authors' solver",
      expected: '<= 1e-3 bits',
      parityWith: "the authors' code",
    },
    identity: {
      claim:
        'random distributions: the four parts add up to the information, none is below zero, and exchanging the sources exchanges uniqueness alone',
      expected: '<= 1e-6, >= -1e-4, <= 1e-4 bits',
    },
    certified: {
      claim: '300 random distributions of 2 by 2 by 2: the synergy lies between its bounds',
      expected: '= 0 outside',
    },
    quarter: {
      claim: 'there, the whole disagreement in place of a quarter of it is no bound',
      expected: '>= 1 of 300 above the synergy',
    },
    dominates: {
      claim: 'modalities of known kind, encoded by perceptrons and cut into 8 clusters: the greatest part is the kind',
      expected: '4 of 4',
    },
    fusion: {
      claim: 'there, what a model of both gains over the better modality: synergy set, redundancy set',
      expected: '>= 0.10, < 0.02',
    },
    decision: {
      claim: '20 random mixes: rank correlation of the middle of the bounds with what fusion gains',
      expected: '>= 0.5',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
