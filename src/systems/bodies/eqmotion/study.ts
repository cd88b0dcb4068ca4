import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    parity: {
      claim: "forecasts, categories and gradients match the authors' models: n-body, reasoning, pedestrians",
      expected: 'outputs <= 1e-5, gradients <= 1e-4',
      parityWith: "the authors' code",
    },
    motion: {
      claim: 'a turned, mirrored and shifted scene has the future so moved, relative error',
      expected: '<= 1e-4',
    },
    categories: { claim: 'and its interactions stay as they were', expected: '<= 1e-5' },
    order: { claim: 'bodies in another order have their futures in that order, relative error', expected: '<= 1e-4' },
    world: {
      claim: 'the world of springs is the one measured before: ADE and FDE of constant velocities',
      expected: '0.575 / 1.46 within 5 %',
    },
    springs: { claim: 'springs: test ADE after 26 epochs of 1,000 scenes', expected: '<= 0.10 in every seed' },
    rivals: {
      claim: 'springs: test ADE below that of a graph network and a perceptron that know no symmetry, mean of seeds',
      expected: '>= 30% below the graph network',
    },
    reasoning: {
      claim: 'springs: pairs told apart without labels, categories matched once on validation scenes',
      expected: '>= 0.85 in every seed',
    },
    uniform: {
      claim: 'springs: test ADE is larger where all categories are held equally likely, at equal epochs',
      expected: 'in every seed',
    },
    windows: {
      claim: "ETH-UCY, ZARA1 held out: scenes to learn from, to test on, and people in them are the authors' script's",
      expected: '28,577, 2,356, 88,706',
    },
    walkers: {
      claim:
        'ZARA1, 20 epochs on the other recordings: ADE and FDE of the best of 20 futures against the best of 20 constant velocities with headings noised by 25 degrees',
      expected: 'both below in every seed',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
