import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "second moments, Jacobian moments, importances, directions and edges are the authors', in float64",
      expected: '<= 1e-8',
      parityWith: 'ApolloResearch/rib',
    },
    single: {
      claim: 'of a network in float32 they still are, the algebra being in float64',
      expected: '<= 1e-4',
    },
    diagonal: {
      claim: 'a linear network has one edge a direction: the largest other edge, of the largest',
      expected: '< 1e-9',
    },
    blocks: { claim: 'a network of two blocks has no edge between them, of the largest', expected: '< 1e-9' },
    span: { claim: 'where no direction is dropped, x C C^+ is x', expected: '<= 1e-9' },
    whole: { claim: 'with all directions and all edges kept the answers are what they were', expected: '<= 1e-9' },
    probes: { claim: '512 random signs a row come to the exact moment', expected: '<= 0.05' },
    imported: {
      claim: 'an ONNX file has the basis and the edges of the network it was made from',
      expected: '<= 1e-4',
    },
    learned: { claim: 'sums modulo 53: the network finds the rule, test accuracy', expected: '>= 0.95 in every seed' },
    edges: {
      claim: 'sums modulo 53: edges needed from the first two layers, LIB against PCA, mean of seeds',
      expected: '<= 0.95',
    },
    neurons: {
      claim: 'sums modulo 53: no section needs more edges in the LIB basis than between neurons',
      expected: 'in every seed',
    },
    taught: {
      claim: 'tiny language model: accuracy where the next token can be foretold (whom of two, copies, facts)',
      expected: '>= 0.98 each',
    },
    language: {
      claim: 'tiny language model: no substantial gain, edges needed in all sections, LIB against PCA',
      expected: '>= 0.8',
    },
    nodes: { claim: 'sums modulo 53: as many directions are needed as of PCA', expected: 'within 2 in every layer' },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
