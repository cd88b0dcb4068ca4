import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "logits, generated features and gradients match the benchmark's code",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
      parityWith: "the benchmark's code",
    },
    raw: { claim: 'a linear classifier of the raw fields sees no planted pattern: test AUC', expected: '<= 0.55' },
    generated: {
      claim: 'generated features carry the patterns: test AUC that they add to the linear classifier',
      expected: '>= 0.2',
    },
    mini: { claim: 'Frappe, small setting: generated features add to the test AUC of FM', expected: '>= 0.005' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
