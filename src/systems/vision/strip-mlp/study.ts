import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "outputs, running statistics and gradients match the authors' code: strips, channel mixing, the whole net",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
