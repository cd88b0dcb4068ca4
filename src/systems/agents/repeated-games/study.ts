import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    classes: { claim: 'strict ordinal games by order of rows and columns', expected: '144 of 576' },
    nash: {
      claim:
        '10,000 random games: every equilibrium in closed form is one by brute force, and none, pure or mixed, is missed',
      expected: '= 0 errors',
    },
    identify: { claim: 'rules told apart from 20 noisy matches each against a random player', expected: '>= 95%' },
    alike: {
      claim: 'tit for tat and grim against one who always cooperates are called indistinguishable',
      expected: 'both named',
    },
    replay: {
      claim: 'payoffs of 36,000 recorded rounds and their running totals come out again',
      expected: '= 0 mismatches',
      parityWith: 'eliaka/repeatedgames',
    },
    families: {
      claim: 'mean normalised scores of the seven families of games, their order included',
      expected: '.868, .729, .728, .717, .699, .649, .637',
    },
    models: {
      claim: 'mean normalised scores of GPT-4, Claude 2, Claude 1, GPT-3.5, Llama 2',
      expected: '.773, .777, .755, .743, .685',
    },
    people: {
      claim: 'people in the battle of the sexes: points and coordination, base and prompted',
      expected: '4.34, 5.08, .543, .616',
    },
    peopleDilemma: {
      claim: 'people in the dilemma: points, base and prompted',
      expected: '6.11, 6.21',
    },
    totals: {
      claim: 'dilemma: recorded totals of GPT-4 against itself, GPT-3.5, f, defect-once, j',
      expected: '80-80, 83-23, 45-55, 90-10, 80-80',
    },
    battleTotals: {
      claim: 'battle: recorded totals of GPT-4 against jf, f; predicting first against jf, itself, f',
      expected: '50-35, 42-60, 71-65, 100-70, 63-90',
    },
    longTotals: {
      claim:
        '20 rounds of the dilemma: recorded totals of GPT-4 against itself, tft, tftt, stft, htft, rtft, np10, np20',
      expected: '160-160, 160-160, 160-160, 100-100, 95-105, 115-115, 106-106, 119-129',
    },
    unforgiving: { claim: 'recorded policy of GPT-4 after one defection', expected: 'JFJFFFFFFF, 88-18' },
    policy: { claim: 'the policy against j and f in the dilemma', expected: '80-80, 40-60' },
    scot: { claim: 'the policy with a prediction: against defect-once, and f in the battle', expected: '90-10, 63-90' },
    battle: { claim: 'the policy in the battle against both alternators and f', expected: '50-35, 50-35, 35-50' },
    rules: {
      claim: 'recorded matches between rules that look back one move at most come out again, move by move',
      expected: '= 0 mismatches',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
