import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "logits, gates, weights and gradients of the authors' two models",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    counts: { claim: "parameters of the authors' Frappe table, widths 10 and 100", expected: '177,421, 953,221' },
    dynamic: { claim: 'learns which pair a third field switches on: test AUC, worst of 5 seeds', expected: '>= 0.99' },
    removal: {
      claim: 'replacing two fields together puts the active pair first: share of rows, median of 5 seeds',
      expected: '>= 0.9',
    },
    sparsity: {
      claim: 'fewer fields a cross as alpha rises over 1, 1.5, 2, 2.5; all of them at 1',
      expected: 'falling from 8',
    },
    mini: { claim: 'Frappe, small setting: test AUC beats FM', expected: '> 0' },
    frappe: { claim: 'Frappe: mean test AUC, one head of width 10', expected: '>= 0.974' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
