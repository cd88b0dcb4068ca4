import { describe, expect, it } from 'vitest'
import { dilemma } from '../../../data/index.ts'
import { chatPlayer } from './chat.ts'
import { play } from './match.ts'
import { playerNamed } from './players.ts'
import { readAnswer } from './prompt.ts'
import { seatsOf } from './seats.ts'
import { withChat } from './testing.ts'

const game = dilemma.make({ seed: 1 })
const tft = playerNamed('tft', 'dilemma')

describe('a model that is asked', () => {
  it('reads each past round under its number, the one that did not count too', async () => {
    const prompts: string[] = []
    const reply = (prompt: string, call: number) => {
      prompts.push(prompt)
      return call === 1 ? 'I would rather not' : 'Option J.'
    }
    await withChat(reply, async url => {
      await play(game, [chatPlayer({ url, model: 'm' }), tft], { seed: 1, rounds: 3 })
    })
    expect(
      prompts
        .at(-1)!
        .split('\n')
        .filter(line => /^(Round|This)/.test(line)),
    ).toEqual([
      'Round 1: it did not count, for a pick could not be read; nobody got points.',
      'Round 2: you picked Option J, they picked Option J; you got 8 points, they got 8 points.',
      'This is round 3 of 3.',
    ])
  })

  it('leaves its words, the order of the labels and its predictions, which are scored', async () => {
    const said = ['F', 'J', 'who knows', 'J', '"J"', 'F']
    await withChat(
      (_, call) => said[call - 1]!,
      async url => {
        const model = chatPlayer({ url, model: 'm', predictFirst: true })
        const rounds = await play(game, [model, tft], { seed: 1, rounds: 3 })
        expect(rounds.map(({ prediction1, rawPrediction1, raw1 }) => [prediction1, rawPrediction1, raw1])).toEqual([
          ['F', 'F', 'J'],
          [null, 'who knows', 'J'],
          ['J', '"J"', 'F'],
        ])
        expect(rounds.every(({ order1 }) => /^\[(0, 1|1, 0)\]$/.test(order1!))).toBe(true)
        expect(rounds.every(round => !('order2' in round))).toBe(true)
        expect(seatsOf(game, rounds)[0]).toMatchObject({ predictions: 2, foreseen: 1, unreadable: 0 })
      },
    )
  })

  it('is called by its address too', () => {
    const names = ['chat:m@http://a', 'chat:m@http://b', 'chat-predict:m@http://a']
    expect(names.map(name => playerNamed(name, 'dilemma').name)).toEqual(names)
  })
})

describe('an answer', () => {
  const labels = ['stay', 'stay quiet', 'talk']

  it.each([
    ['stay quiet', 1],
    ['I would stay\n quiet.', 1],
    ['"stay" or talk', 0],
    ['talk, not stay quiet', 2],
    ['staying', null],
    ['', null],
  ])('%j is read as whole labels, the longest first', (answer, action) => {
    expect(readAnswer(answer, labels)).toBe(action)
  })

  it('is read where labels have signs', () => {
    expect(readAnswer('(A+)', ['A', 'A+'])).toBe(1)
    expect(readAnswer("I don't", ["don't", 'do'])).toBe(0)
  })
})
