import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    counts: {
      claim: "parameters on Frappe and MovieLens as derived from the benchmark's logs",
      expected: '417,891, 1,238,391',
    },
    closedForm: { claim: 'without activation the layers are one linear map of the embeddings', expected: '<= 1e-5' },
    mini: { claim: 'Frappe, small setting: test AUC beats FM by 0.015', expected: '>= 0.015' },
    frappe: { claim: 'Frappe: mean test AUC', expected: '>= 0.983' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
