import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "attention, gate, experts and both losses against FuxiCTR's layer and a reference written from the paper",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: 'a reference written from the paper; the attention: FuxiCTR',
    },
    identities: {
      claim:
        'the gate is the sum of what behaviours add; their order and padding change nothing; one gate serves a session; identical views give the closed form',
      expected: '<= 1e-5',
    },
    din: { claim: 'behaviour types: test AUC above DIN, mean of 5 seeds', expected: '>= 0.01' },
    candidateGate: {
      claim: 'behaviour types: test AUC above a mixture that the candidate alone gates, mean of 5 seeds',
      expected: '>= 0.01',
    },
    longTail: {
      claim: 'contrast: gain in AUC on histories of at most 2, paired, mean of 5 seeds',
      expected: '>= 0.002',
    },
    allUsers: { claim: 'contrast: fall in AUC on all users, mean of 5 seeds', expected: '< 0.002' },
    tailGain: {
      claim: 'gain over DIN on histories of at most 2, less the gain on all users, mean of 5 seeds',
      expected: '> 0',
    },
    types: {
      claim:
        'k-means of the gates finds the planted types where histories have 8 or more: adjusted Rand, median of 5 seeds',
      expected: '> 0.6',
    },
    games: {
      claim: 'Amazon games, last use left out: test AUC above DIN',
      expected: '>= -0.002',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
