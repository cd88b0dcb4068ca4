import { describe, expect, it } from 'vitest'
import { battle, dilemma, strictOrdinalGames, type Game } from '../../../data/index.ts'
import { Random } from '../../../random/index.ts'
import { identify, signatureOf } from './behaviour.ts'
import { chatPlayer } from './chat.ts'
import { lookupPlayer } from './lookup.ts'
import { play, viewOf } from './match.ts'
import { playerNamed } from './players.ts'
import { choicePrompt, predictionPrompt, readAnswer } from './prompt.ts'
import { bestResponse, quantalEquilibrium } from './reasoners.ts'
import { nashEquilibria, paretoOutcomes, securityLevels } from './solution.ts'
import { standings, tournament } from './tournament.ts'
import { withServer } from './testing.ts'

const game = dilemma.make({ seed: 1 })
const named = (name: string) => playerNamed(name, 'dilemma')
const movesOf = async (first: string, second: string, rounds = 10) => {
  const played = await play(game, [named(first), named(second)], { seed: 1, rounds })
  return [played.map(({ answer1 }) => answer1).join(''), played.map(({ answer2 }) => answer2).join('')]
}

describe('rules', () => {
  it.each([
    ['tft', 'fj', 'JFJFJFJFJF'],
    ['tftt', 'f', 'JJFFFFFFFF'],
    ['stft', 'j', 'FJJJJJJJJJ'],
    ['rtft', 'j', 'FFFFFFFFFF'],
    ['htft', 'defect-once', 'FFFFJJJJJJ'],
    ['htft-kind', 'defect-once', 'JFFFJJJJJJ'],
    ['grim', 'defect-once', 'JFFFFFFFFF'],
    ['wsls', 'f', 'JFJFJFJFJF'],
    ['level:1', 'j', 'FFFFFFFFFF'],
    ['fictitious', 'j', 'FFFFFFFFFF'],
  ])('%s against %s', async (first, second, moves) => expect((await movesOf(first, second))[0]).toBe(moves))

  it('draw the same for the same seed, and another for another', async () => {
    const match = async (seed: number) => play(game, [named('np20'), named('random:0.5')], { seed, rounds: 30 })
    expect(await match(1)).toEqual(await match(1))
    expect(await match(1)).not.toEqual(await match(2))
  })
})

describe('a match', () => {
  it('adds up points', async () => {
    const played = await play(game, [named('f'), named('tft')], { seed: 1, rounds: 3 })
    expect(played.map(({ points1, points2 }) => [points1, points2])).toEqual([
      [10, 0],
      [5, 5],
      [5, 5],
    ])
    expect(played.at(-1)).toMatchObject({ total1: 20, total2: 10 })
  })

  it('reads the same from both seats when players and payoffs change places', () => {
    const swapped: Game = {
      ...game,
      payoffs: [
        [
          [7, 2],
          [1, 9],
        ],
        [
          [3, 8],
          [4, 6],
        ],
      ],
    }
    const turned = (table: Game['payoffs'][0]) => table[0]!.map((_, k) => table.map(row => row[k]!))
    const other: Game = { ...swapped, payoffs: [turned(swapped.payoffs[1]), turned(swapped.payoffs[0])] }
    const moves: [number[], number[]] = [
      [0, 1, 1],
      [1, 1, 0],
    ]
    const second = viewOf(swapped, 1, 4, 10, moves)
    expect(viewOf(other, 0, 4, 10, [moves[1], moves[0]])).toEqual(second)
    expect(choicePrompt(viewOf(other, 0, 4, 10, [moves[1], moves[0]]))).toBe(choicePrompt(second))
  })

  it.each([
    ['a name that is nobody', () => named('grimm'), 'option/invalid', /grimm/],
    ['a probability above 1', () => named('random:3'), 'option/invalid', /random:3/],
    ['a policy for another game', () => playerNamed('lookup:gpt4', 'chicken'), 'option/conflict', /chicken/],
    [
      'a key that is not in the table',
      () => play(game, [lookupPlayer('short', { '': 'J' }), named('j')], { seed: 1 }),
      'data/not-found',
      /after 'J'/,
    ],
    [
      'three actions',
      () =>
        play(
          {
            ...game,
            actions: [
              ['a', 'b', 'c'],
              ['J', 'F'],
            ],
          },
          [named('j'), named('j')],
          { seed: 1 },
        ),
      'option/conflict',
      /3 and 2/,
    ],
  ])('refuses %s', async (_, attempt, code, text) => {
    const failure = await Promise.resolve()
      .then((): unknown => attempt())
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(text) as string })
  })
})

describe('a prompt', () => {
  const moves: [number[], number[]] = [[0], [1]]

  it('tells the rules, what happened and the round', () => {
    expect(choicePrompt(viewOf(game, 0, 2, 10, moves))).toMatchInlineSnapshot(`
      "You meet one other player again and again, for 10 rounds. In each round you both pick at the same time.
      If you pick Option J and they pick Option J, you get 8 points and they get 8 points.
      If you pick Option J and they pick Option F, you get 0 points and they get 10 points.
      If you pick Option F and they pick Option J, you get 10 points and they get 0 points.
      If you pick Option F and they pick Option F, you get 5 points and they get 5 points.
      Round 1: you picked Option J, they picked Option F; you got 0 points, they got 10 points.
      This is round 2 of 10.
      Which do you pick: Option J or Option F? Answer with the letter alone.
      Option"
    `)
    expect(predictionPrompt(viewOf(battle.make({ seed: 1 }), 1, 1, 10, [[], []]), { order: [1, 0] }))
      .toMatchInlineSnapshot(`
      "You meet one other player again and again, for 10 rounds. In each round you both pick at the same time.
      If you pick Option J and they pick Option J, you get 7 points and they get 10 points.
      If you pick Option J and they pick Option F, you get 0 points and they get 0 points.
      If you pick Option F and they pick Option J, you get 0 points and they get 0 points.
      If you pick Option F and they pick Option F, you get 10 points and they get 7 points.
      This is round 1 of 10.
      Which will they pick: Option F or Option J? Answer with the letter alone.
      Option"
    `)
    expect(choicePrompt(viewOf(game, 0, 2, 10, moves), { prediction: 1 })).toContain(
      'You expect them to pick Option F.',
    )
  })

  it('reads the first label that stands alone, and guesses nothing', () => {
    expect(readAnswer(' J', ['J', 'F'])).toBe(0)
    expect(readAnswer('"F".', ['J', 'F'])).toBe(1)
    expect(readAnswer('Just a moment', ['J', 'F'])).toBeNull()
  })
})

describe('a model behind an endpoint', () => {
  it('plays through refusals, nonsense and answers without a label', async () => {
    const script = [
      { status: 429, body: '' },
      { status: 200, body: 'not json' },
      { status: 200, body: reply(' J') },
      { status: 200, body: reply('hm') },
      { status: 200, body: reply('F') },
    ]
    let calls = 0
    await served(
      () => script[Math.min(calls++, script.length - 1)]!,
      async url => {
        const model = chatPlayer({ url, model: 'scripted', pause: 1 })
        const played = await play(game, [model, named('tft')], { seed: 1, rounds: 3 })
        expect(played.map(({ answer1, raw1 }) => [answer1, raw1])).toEqual([
          ['J', ' J'],
          [null, 'hm'],
          ['F', 'F'],
        ])
        expect(played.map(({ points1 }) => points1)).toEqual([8, null, 10])
      },
    )
  })

  it('tells a missing key, and who did not answer', async () => {
    const move = (url: string) =>
      chatPlayer({ url, model: 'm', pause: 1, attempts: 2 }).choose(viewOf(game, 0, 1, 1, [[], []]), new Random(1))
    await served(
      () => ({ status: 401, body: '' }),
      async url => {
        await expect(move(url)).rejects.toMatchObject({ code: 'agent/refused' })
      },
    )
    await served(
      () => ({ status: 503, body: '' }),
      async url => {
        await expect(move(url)).rejects.toMatchObject({ code: 'agent/unreachable', why: 'status 503' })
      },
    )
  })
})

const reply = (content: string) => JSON.stringify({ choices: [{ message: { content } }] })

const served = (answer: () => { status: number; body: string }, use: (url: string) => Promise<void>): Promise<void> =>
  withServer((_, response) => {
    const { status, body } = answer()
    response.writeHead(status).end(body)
  }, use)

describe('solutions', () => {
  it('of the two games', () => {
    expect(nashEquilibria(game)).toEqual([{ first: 0, second: 0 }])
    expect(securityLevels(game)).toEqual([5, 5])
    expect(paretoOutcomes(game)).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
    ])
    const mixed = nashEquilibria(battle.make({ seed: 1 }))
    expect(mixed).toHaveLength(3)
    expect(mixed.at(-1)!.first).toBeCloseTo(10 / 17, 12)
    expect(mixed.at(-1)!.second).toBeCloseTo(7 / 17, 12)
  })

  it('there are 144 strict ordinal games', () => expect(strictOrdinalGames(10)).toHaveLength(144))

  it('a quantal equilibrium is even without rationality and near Nash with much of it', () => {
    const { payoffs, otherPayoffs } = viewOf(game, 0, 1, 10, [[], []])
    expect(quantalEquilibrium(payoffs, otherPayoffs, 0).own).toEqual([0.5, 0.5])
    expect(quantalEquilibrium(payoffs, otherPayoffs, 5).own[1]).toBeGreaterThan(0.99)
    expect(bestResponse(payoffs, [1, 0])).toBe(1)
  })
})

describe('behaviour', () => {
  it('of tit for tat against one defection', async () => {
    const indices = (await movesOf('tft', 'defect-once')).map(text => [...text].map(label => 'JF'.indexOf(label)))
    const seat = viewOf(game, 0, 1, 10, indices as [number[], number[]])
    expect(signatureOf(seat)).toMatchObject({
      coordination: 0.8,
      alternation: 0,
      regret: (5 + 9 * 10 - (10 + 8 * 8)) / 10,
      forgiveness: 8 / 9,
    })
    expect(identify(seat).suspects[0]).toMatchObject({ name: 'tft', misses: 0 })
  })
})

describe('a tournament', () => {
  it('seats everyone with everyone, and counts seeds of one seat once', async () => {
    const matches = await tournament([game], { players: ['tft', 'f'], seeds: [1, 2] })
    expect(matches).toHaveLength(8)
    const once = standings(await tournament([game], { players: ['tft', 'f'], seeds: [1] }))
    const twice = standings(matches)
    expect(twice.map(({ player, low }) => [player, low])).toEqual(once.map(({ player, low }) => [player, low]))
    expect(twice[0]).toMatchObject({ player: 'tft', matches: 8 })
    expect(twice[0]!.value).toBeCloseTo((80 + 80 + 45 + 45) / 400, 12)
  })
})
