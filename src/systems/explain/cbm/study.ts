import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "relevance by the authors' composite of rules, and concepts and classes of their network",
      expected: '<= 1e-4 of the largest',
      parityWith: "the authors' code",
    },
    conservation: {
      claim: 'a ReLU network without biases: relevance by alpha 1 beta 0 adds up to the output',
      expected: '<= 1e-4 of the output',
    },
    epsilon: {
      claim: 'there, relevance by epsilon 1e-9 is input times gradient',
      expected: '<= 1e-4 of the largest',
    },
    folded: { claim: 'batch norm folded into convolutions changes the outputs', expected: '<= 1e-5' },
    complete: {
      claim: 'integrated gradients of 200 steps add up to what the score gains',
      expected: 'within 1%',
    },
    impurity: {
      claim:
        'oracle impurity: of the truth; of two concepts of which one tells the other; of logits as others are added',
      expected: '= 0; = 0.5; rises',
    },
    poker: {
      claim: 'all 22,100 hands of three cards by rank',
      expected: '= 48, 52, 720, 1,096, 3,744, 16,440',
    },
    audit: {
      claim: 'groups that labels cannot tell apart: of the fixed hands; of poker where a class is one hand',
      expected: '= 0 1, 3 4; = 2H 4H, 6D 9D',
    },
    corrected: {
      claim: 'poker, 10% of the concepts wrong, learned from true ones: accuracy by concepts corrected, 0 to 52',
      expected: 'never falls, ends >= 0.99',
    },
    accuracy: { claim: 'tiles: concept accuracy, of any three and of fixed hands', expected: '>= 0.99 in both' },
    partner: {
      claim: 'tiles that are never apart: evidence in the partner’s region, fixed hands over any three',
      expected: '>= 1.7 times',
    },
    own: { claim: 'there, evidence in the own region: less with fixed hands', expected: 'any three > fixed hands' },
    still: {
      claim: 'there, a tile under noise is still said as its partner remains: any three; fixed hands',
      expected: '<= 0.05; >= 0.4',
    },
    freed: {
      claim:
        'fixed hands with 0, 5, 20, 50% of the images freed: tiles still said and partner shares fall; at 50% as of any three',
      expected: 'monotone; within 0.1',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
