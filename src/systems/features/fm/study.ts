import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    counts: { claim: "parameters on Frappe and MovieLens as in the benchmark's logs", expected: '59,280, 992,630' },
    closedForm: { claim: 'the fast form equals the double loop over pairs', expected: '<= 1e-5' },
    mini: { claim: 'Frappe, small setting: test AUC within 0.003 of 0.9270', expected: '0.9240 to 0.9300' },
    frappe: { claim: 'Frappe: mean test AUC within 0.003 of the published 0.9671', expected: '0.9641 to 0.9701' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
