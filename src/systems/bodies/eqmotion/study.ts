import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "forecasts, categories and gradients match the authors' models: n-body, reasoning, pedestrians",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
