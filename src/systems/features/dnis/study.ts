import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "logits and gradients, alpha's included, of the authors' class in its three spaces",
      expected: 'logits <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    start: { claim: 'with every weight 1 it is the model of one width', expected: '<= 1e-6' },
    folding: { claim: 'weights folded into the table change no answer', expected: '<= 1e-6' },
    sparse: { claim: 'the sparse table answers as the dense one with zeros', expected: '<= 1e-6' },
    staircase: {
      claim: 'planted ranks 8 and 1, half pruned: dimensions of the most frequent users above the rarest, worst seed',
      expected: '>= 3',
    },
    error: {
      claim: 'half pruned: test MSE against the unpruned model of one width, trained as long, mean',
      expected: '<= + 5 %',
    },
    magnitude: {
      claim: 'half pruned: test MSE below pruning that model by size without a search, mean',
      expected: '< 0',
    },
    retrained: {
      claim: '90 % pruned: test MSE after training on with what was kept, below that before, mean',
      expected: '< 0',
    },
    frappe: {
      claim: 'Frappe: mean test AUC of the chosen widths above the same model at one width',
      expected: '>= -0.002',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
