import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    semantics: { claim: 'vectors equal gather and join by hand, one and three chunks', expected: '= 0' },
    margin: {
      claim: 'one shared table above a table a field of equal size: test AUC, mean of seeds, worst of three budgets',
      expected: '>= 0.02',
    },
    baselines: {
      claim:
        'one shared table above multi-hash, quotient-remainder and ROBE of equal size: test AUC, mean of seeds, worst of three budgets',
      expected: '>= -0.002',
    },
    angle: {
      claim: 'weights of the fields that start in one direction turn apart at the smallest budget: mean angle',
      expected: '> 60 degrees',
    },
    drift: {
      claim:
        'a fifth of the values new each day: test AUC of the sixth, hashed without a vocabulary, above the vocabulary of the first',
      expected: '>= 0.02',
    },
    frappe: { claim: 'Frappe: mean test AUC at a quarter of the rows above tables a field', expected: '>= 0' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
