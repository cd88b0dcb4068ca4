import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: 'scores of all fourteen variants are those of the authors',
      expected: '<= 1e-5',
      parityWith: 'TachiChan/CatGCN',
    },
    gradients: { claim: 'their gradients are too, relative to each largest element', expected: '<= 1e-4' },
    complete: { claim: 'the complete graph in O(S) is the product with the S x S matrix', expected: '<= 1e-6' },
    alike: { claim: 'with a probe of 0 all categories of a node hear the same', expected: '= 0' },
    pooling: { claim: 'pooled pairs are the double loop over pairs', expected: '<= 1e-5' },
    constant: { claim: 'smoothing leaves a constant on a regular graph as it is', expected: '<= 1e-6' },
    single: { claim: 'a node of one category has no local interaction: all such nodes score alike', expected: '= 0' },
    graph: {
      claim: 'planted graph: the worst of three forms beats a two-layer GCN on means',
      expected: '>= 12 points',
    },
    simple: { claim: 'planted graph: it beats smoothed means (SGC)', expected: '>= 40 points' },
    local: { claim: 'planted graph: it beats local interactions without the graph', expected: '>= 8 points' },
    edges: { claim: 'edges that are drawn anew take that last gain away', expected: '<= 2 points left' },
    column: {
      claim: 'one of the two columns shuffled: no form beats label propagation by much',
      expected: '<= 8 points',
    },
    pairs: {
      claim: 'the pair that moves the own scores of a confidently called node (P >= 0.7) most is the planted one',
      expected: '> 95%',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
