import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    counts: { claim: "parameters on Frappe and MovieLens as in the benchmark's logs", expected: '458,391, 1,243,071' },
    closedForm: { claim: 'the cross layers equal the recurrence element by element', expected: '<= 1e-5' },
    mini: { claim: 'Frappe, small setting: test AUC beats FM by 0.015', expected: '>= 0.015' },
    frappe: { claim: 'Frappe: mean test AUC', expected: '>= 0.983' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
