import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withChat } from '../systems/agents/repeated-games/testing.ts'
import { tournament } from './tournament.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'tournament-'))))
afterEach(() => rm(folder, { recursive: true }))

const rowsOf = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n')
const header =
  'row,game_name,seed,round,player1,player2,answer1,answer2,points1,points2,total1,total2,' +
  'raw1,raw2,prediction1,prediction2,rawPrediction1,rawPrediction2,order1,order2'

describe('the file of rounds', () => {
  it('has the words of a model whose first answer is unreadable, and whole numbers', async () => {
    const out = join(folder, 'rounds.csv')
    await withChat(
      (_, call) => (call === 1 ? 'I would rather not' : 'Option J.'),
      async url => {
        const players = [`chat:m@${url}`, 'f']
        const { matches } = await tournament('world:dilemma', { players, seeds: 1, rounds: 2, out })
        expect(matches).toBe(4)
        const [first, ...rows] = await rowsOf(out)
        expect(first).toBe(header)
        expect(rows).toHaveLength(8)
        expect(rows[0]).toContain(`1,dilemma,1,1,chat:m@${url},chat:m@${url},,J,,,0,0,I would rather not,Option J.,`)
        expect(rows.at(-1)).toBe('8,dilemma,1,2,f,f,F,F,5,5,10,10,,,,,,,,')
      },
    )
  })

  it('has them where a rule plays first', async () => {
    const out = join(folder, 'rounds.jsonl')
    await withChat(
      () => 'J',
      async url => {
        const players = ['tft', `chat-predict:m@${url}`]
        const { profiles } = await tournament('world:dilemma', { players, seeds: 1, rounds: 2, out })
        const rounds = (await rowsOf(out)).map(line => JSON.parse(line) as Record<string, unknown>)
        expect(rounds[0]).toMatchObject({ player1: 'tft', raw1: null, points1: 8 })
        expect(rounds.at(-1)).toMatchObject({ raw1: 'J', raw2: 'J', prediction1: 'J', rawPrediction2: 'J' })
        const model = profiles.find(({ player }) => player === players[1])!
        expect(model.predictions).toMatchObject({ value: 1 })
      },
    )
  })

  it('has an ending that is refused before the first round', async () => {
    const attempt = tournament('world:dilemma', { players: ['tft'], out: join(folder, 'rounds.txt') })
    await expect(attempt).rejects.toMatchObject({ code: 'option/invalid' })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a tournament that was stopped', () => {
  const players = ['tft', 'random:0.5', 'f']

  it('goes on behind the matches it kept, and comes out as if it had not been', async () => {
    const [whole, out] = [join(folder, 'whole.csv'), join(folder, 'rounds.csv')]
    const document = await tournament('world:dilemma', { players, out: whole })
    const stop = new AbortController()
    const stopped = tournament('world:dilemma', {
      players,
      out,
      signal: stop.signal,
      onProgress: done => void (done === 5 && stop.abort()),
    })
    await expect(stopped).rejects.toThrow()
    const done: number[] = []
    const again = await tournament('world:dilemma', {
      players,
      out,
      resume: true,
      onProgress: match => void done.push(match),
    })
    expect(done[0]).toBe(6)
    expect(again.standings).toEqual(document.standings)
    expect(again.profiles).toEqual(document.profiles)
    expect(await rowsOf(out)).toEqual(await rowsOf(whole))
    expect((await readdir(folder)).sort()).toEqual(['rounds.csv', 'whole.csv'])
  })

  it('keeps what a model answered before its server failed', async () => {
    const out = join(folder, 'rounds.csv')
    await withChat(
      (_, call) => (call > 25 ? null : 'J'),
      async url => {
        const given = { players: [`chat:m@${url}`, 'tft'], seeds: 1, out }
        await expect(tournament('world:dilemma', given)).rejects.toMatchObject({ code: 'agent/unreachable' })
        expect(await rowsOf(`${out}.matches.jsonl`)).toHaveLength(2)
      },
    )
  }, 20_000)

  it('goes on with the same players, games, seeds and rounds only, and is not begun anew over it', async () => {
    const out = join(folder, 'rounds.csv')
    const stop = AbortSignal.abort()
    await expect(tournament('world:dilemma', { players, out, signal: stop })).rejects.toThrow()
    const next = (input: string, given: object) => tournament(input, { players, out, ...given })
    await expect(next('world:dilemma', {})).rejects.toMatchObject({ code: 'run/exists' })
    const resume = true
    await expect(next('world:dilemma', { resume, players: ['tft', 'f'] })).rejects.toMatchObject({
      code: 'run/changed',
      message: 'cannot resume: players changed since the tournament began',
    })
    await expect(next('world:battle', { resume, seeds: 2, rounds: 3 })).rejects.toMatchObject({
      message: 'cannot resume: games, seeds, rounds changed since the tournament began',
    })
    await expect(next('world:dilemma', { resume, out: `${out}2.csv` })).rejects.toMatchObject({ code: 'run/not-found' })
  })
})

it('refuses players that would share a row', async () => {
  for (const players of [['level', 'level:1'], ['tft', ' tft'], []]) {
    await expect(tournament('world:dilemma', { players })).rejects.toMatchObject({ code: 'option/invalid' })
  }
})

it('says what there is to know of the game', async () => {
  const { theory, gamesBelowZero } = await tournament('world:battle', { players: ['tft'], seeds: 1 })
  expect(theory).toMatchObject([{ name: 'battle', equilibria: [{}, {}, {}] }])
  expect(gamesBelowZero).toBe(0)
})
