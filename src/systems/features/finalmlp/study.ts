import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "logits, gates and gradients match the benchmark's code: gates, contexts, heads, batch norm, DualMLP",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
      parityWith: "the benchmark's code",
    },
    counts: {
      claim: "parameters on Frappe and MovieLens as in the benchmark's logs",
      expected: '253,392, 1,040,902',
    },
    dual: { claim: 'without gates and with bilinear weights at 0 it is DualMLP', expected: '<= 1e-5' },
    product: { claim: 'with as many heads as units the fusion is a weighted dot product', expected: '<= 1e-5' },
    neutral: { claim: 'a gate whose output layer is 0 is exactly 1', expected: '= 0 from 1' },
    projections: {
      claim: 'the sign of a product of two projections, linear streams: test accuracy',
      expected: '>= 0.98, DualMLP 0.47 to 0.53',
    },
    gates: {
      claim: 'fields of noise are gated below useful ones in both streams (embedding penalty 0.01)',
      expected: 'mean gate of noise < of useful',
    },
    mini: {
      claim: 'Frappe, small setting: mean test AUC above the sum fusion and above one deep network',
      expected: '> 0 and > 0',
    },
    frappe: { claim: 'Frappe: mean test AUC', expected: '>= 0.984' },
    frappeOrder: {
      claim: 'Frappe: above one deep network by 0.001, and not below DualMLP by more than 0.0005',
      expected: '>= 0.001 and >= -0.0005',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
