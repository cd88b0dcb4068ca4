import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "logits, attention maps and gradients match the benchmark's code, all switches",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
      parityWith: "the benchmark's code",
    },
    original: {
      claim: "logits and gradients of the original variant match a transcription of the authors' code",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
    },
    counts: {
      claim: "parameters of AutoInt and AutoInt+ on Frappe, then on MovieLens, as in the benchmark's logs",
      expected: '306,051, 622,180, 1,047,798, 1,383,799',
    },
    equivariance: {
      claim: 'permuted fields permute the attention maps and leave the answer',
      expected: '<= 1e-5',
    },
    depth: { claim: 'without layers it is a linear read-out of the embeddings', expected: '<= 1e-5' },
    gain: {
      claim: 'planted pairs: share of the best possible AUC gain over 0.5, where a linear model stays <= 0.53',
      expected: '>= 0.9 in >= 4 of 5 seeds',
    },
    map: {
      claim: 'planted pairs: they are the top two of the first attention map, A + its transpose',
      expected: '>= 4 of 5 seeds',
    },
    additivity: {
      claim: 'planted pairs: they are the top two by non-additivity',
      expected: '>= 4 of 5 seeds',
    },
    mini: { claim: 'Frappe, small setting: test AUC beats FM by 0.003', expected: '>= 0.003' },
    miniPlus: { claim: 'Frappe, small setting: AutoInt+ beats FM by 0.015', expected: '>= 0.015' },
    frappe: { claim: 'Frappe: mean test AUC within 0.003 of the published 0.9831', expected: '0.9801 to 0.9861' },
    frappePlus: {
      claim: 'Frappe, AutoInt+: mean test AUC within 0.003 of the published 0.9848',
      expected: '0.9818 to 0.9878',
    },
    frappeOrder: { claim: 'Frappe: both beat FM by 0.01', expected: '>= 0.01' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
