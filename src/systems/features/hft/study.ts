import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    incremental: { claim: 'tick by tick and window by window give the same logits', expected: '<= 1e-5' },
    pruned: { claim: 'without the channels taken out, logits are those with the channels hidden', expected: '<= 1e-5' },
    ahead: { claim: 'changing what comes later alters no earlier answer', expected: '= 0' },
    faster: {
      claim: 'taking out 60% of the channels makes the median tick of the network faster, over 20,000 ticks',
      expected: '>= 1.5 times',
    },
    latency: { claim: 'regimes: the median tick, scaling, choosing and answering, on one core', expected: '< 1000 µs' },
    drift: { claim: 'regimes: each change of regime is heard, in the worst case after', expected: '<= 3000 ticks' },
    static: { claim: 'regimes: balanced accuracy beyond features chosen once', expected: '>= 3 points' },
    random: { claim: 'regimes: balanced accuracy beyond as many features at random', expected: '> 0 points' },
    all: { claim: 'regimes: balanced accuracy beyond all features', expected: '>= -2 points' },
    everywhere: { claim: 'regimes: beyond features at random in how many of the seeds', expected: 'all' },
    oracle: {
      claim: 'regimes: balanced accuracy short of the same network told which features matter',
      expected: '<= 2 points',
    },
    recovers: {
      claim:
        'regimes: 3,000 ticks after a change, balanced accuracy short of the rest of the regime, over the next 3,000, worst change',
      expected: '<= 3 points',
    },
    gate: { claim: 'regimes: balanced accuracy that the learned gate adds', expected: '>= 0 points' },
    kept: { claim: 'regimes: balanced accuracy lost by taking out 60% of the channels', expected: '< 1 point' },
    pca: {
      claim: 'regimes: balanced accuracy beyond the same network on as many principal components',
      expected: '> 0 points',
    },
    logistic: {
      claim: 'regimes: balanced accuracy beyond logistic regression on all features, averaged and last',
      expected: '> 0 points',
    },
    deep: {
      claim: 'regimes: balanced accuracy beyond an LSTM of 32 and a network after DeepLOB, both on all features',
      expected: '>= -2 points each',
    },
    quicker: {
      claim: 'regimes: median tick of the quicker of those two, over that of the stream',
      expected: '>= 5 times',
    },
    nothing: {
      claim: 'trading on answers that tell nothing loses: mean profit of 50 random walks, fees a tenth of the spread',
      expected: '< 0',
    },
    book: {
      claim: 'order-book: balanced accuracy of the moves of the mid price beyond a third',
      expected: '>= 5 points',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
