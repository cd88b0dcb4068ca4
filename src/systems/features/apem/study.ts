import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim:
        'set attention of its authors, MMoE and PLE of a public library, AITM of a public port, the whole model of an independent reference',
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' set attention, a public library's MMoE and PLE, a public port of AITM",
    },
    permuted: {
      claim: 'fields in another order, with what is theirs: largest change of an answer',
      expected: '<= 1e-5',
    },
    monotone: { claim: 'largest rise of the chance from a step to the next', expected: '<= 0' },
    oneGroup: { claim: 'one group: what the temperature changes', expected: '<= 1e-6' },
    forward: { claim: 'gradient of the first step by what only later ones use', expected: '= 0' },
    masked: { claim: "gradient of the third step's tower without the third step's labels", expected: '= 0' },
    groups: { claim: 'planted groups found: adjusted Rand index above 0.7, of 5 seeds', expected: '>= 3' },
    conflict: {
      claim: 'planted funnel: mean test AUC above the best of shared bottom, MMoE and PLE, mean of 5 seeds',
      expected: '>= 0.003',
    },
    noHarm: { claim: 'its worst step against a network of its own, mean of 5 seeds', expected: '>= -0.002' },
    harm: { claim: "shared bottom's worst step against a network of its own, mean of 5 seeds", expected: '<= -0.005' },
    mass: {
      claim: "a step's weight on its true fields over uniform, least of the steps, mean of 5 seeds",
      expected: '> 2',
    },
    disagree: {
      claim: 'patterns that lead nowhere keep their weights: least weight of a field, largest move of an answer',
      expected: '> 0, = 0',
    },
    modules: {
      claim: 'mean AUC above that without grouping, squeeze, adaptive indicator, selector, transfer, mean of 3 seeds',
      expected: 'all > 0',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
