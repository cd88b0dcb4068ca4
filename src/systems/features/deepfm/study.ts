import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    counts: { claim: "parameters on Frappe and MovieLens as in the benchmark's logs", expected: '423,280, 1,328,630' },
    closedForm: { claim: 'with a silent deep part it is a factorisation machine', expected: '<= 1e-5' },
    mini: { claim: 'Frappe, small setting: test AUC beats FM by 0.015', expected: '>= 0.015' },
    frappe: { claim: 'Frappe: mean test AUC', expected: '>= 0.983' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
