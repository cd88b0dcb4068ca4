import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    counts: { claim: "parameters on Frappe and MovieLens as in the benchmark's logs", expected: '5,390, 90,240' },
    closedForm: { claim: 'the logit is the sum of one weight a value and a bias', expected: '<= 1e-5' },
    mini: { claim: 'Frappe, small setting: test AUC within 0.003 of 0.9245', expected: '0.9215 to 0.9275' },
    frappe: { claim: 'Frappe: mean test AUC within 0.003 of the published 0.9356', expected: '0.9326 to 0.9386' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
