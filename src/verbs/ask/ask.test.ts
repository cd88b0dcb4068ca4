import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exportOnnx, float32, State } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import { fit, open, serve, talk } from '../index.ts'
import { askOnce, writeTalk } from './ask.ts'

let folder: string
let run: string
let lines: string[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interplay-ask-'))
  const random = new Random(4, 'ask')
  lines = Array.from({ length: 400 }, () => {
    const [colour, speed] = [random.integer(3), 100 + random.integer(100)]
    const chance = 1 / (1 + Math.exp(-((colour === 0 ? 0.1 : -0.1) * (speed - 150))))
    return `${['red', 'green', 'blue'][colour]},${speed},${random.uniform() < chance ? 'yes' : 'no'}`
  })
  const data = join(folder, 'rows.csv')
  writeFileSync(data, `colour,top speed,hurt\n${lines.join('\n')}\n`)
  run = join(folder, 'run')
  const fitted = await fit(data, {
    target: 'hurt',
    system: 'dnn',
    set: { hidden: [8], embeddingDimension: 2 },
    type: { 'top speed': 'numeric' },
    learningRate: 0.02,
    epochs: 6,
    out: run,
    budget: 500,
    threads: 1,
  })
  await fitted.close()
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

describe('a run', () => {
  it('is talked about in the units of its data, whichever split a row is in', async () => {
    await using talking = await talk(run, { budget: 2000 })
    const [red, speed] = lines[16]!.split(',')
    const shown = await talking.ask('show row 17')
    expect(JSON.stringify(shown)).toContain(`["colour","${red}"],["top speed","${speed}"]`)
    await using model = await open(run)
    const cells = { colour: red, 'top speed': 185 }
    const [answer] = (await model.predict([cells])) as { probability: number }[]
    const changed = await talking.ask('what if the speed of row 17 were 185?')
    expect(changed).toMatchObject({ kind: 'answers', program: 'whatif set "top speed" = 185 where row = 17' })
    const after =
      changed.kind === 'answers' ? changed.answers[0]!.values.find(({ name }) => name === 'after')!.value! : NaN
    expect(after).toBeCloseTo(answer!.probability, 4)
  })

  it('counts the test rows of the run by themselves', async () => {
    await using talking = await talk(run)
    const reply = await talking.ask('how many red ones have a speed over 150?')
    expect(reply).toMatchObject({ program: 'count where (colour = red and "top speed" > 150)' })
    const { rows } = talking.document()
    const numbers = reply.kind === 'answers' ? reply.answers[0]!.evidence : undefined
    expect(numbers!.of).toBe(rows)
    expect(rows).toBeLessThan(lines.length)
  })

  it('is looked at through every lens of explain', async () => {
    await using talking = await talk(run, { budget: 2000 })
    const rules = await talking.ask('which rules does the model follow?')
    expect(rules).toMatchObject({ kind: 'answers', program: 'lens rules' })
    const answer = rules.kind === 'answers' ? rules.answers[0]! : undefined
    expect(answer!.values.length).toBeGreaterThan(0)
    expect(answer!.evidence).toMatchObject({ rows: answer!.evidence.of })
    const fast = await talking.ask('sobol indices for a top speed over 120')
    expect(fast).toMatchObject({ program: 'lens sobol where "top speed" > 120' })
    expect(fast.kind === 'answers' && fast.answers[0]!.evidence.rows).toBeLessThan(answer!.evidence.of)
    const behind = await talking.ask('which training rows are behind row 17?')
    expect(behind).toMatchObject({ kind: 'answers', program: 'lens influence where row = 17' })
    expect(JSON.stringify(behind)).toContain('log-odds')
    expect(await talking.ask('lens sobol')).toMatchObject({ kind: 'answers' })
    const modalities = await talking.ask('how much of colour is redundant with top speed?')
    expect(modalities).toMatchObject({ kind: 'answers', program: 'lens modalities of colour, "top speed"' })
    await expect(talking.ask('lens rulez')).rejects.toMatchObject({ code: 'ask/unknown-lens', why: 'nearest: rules' })
    await expect(talking.ask('lens sobol where row = 17')).rejects.toMatchObject({
      code: 'ask/needs',
      try: 'lens sobol',
    })
    await expect(talking.ask('lens causal')).rejects.toMatchObject({ code: 'ask/type', try: 'lens causal of FIELD1' })
    const help = await talking.ask('help')
    expect(JSON.stringify(help)).toMatch(/lenses: .*rashomon, influence, rules.*causal, modalities/)
  })

  it('says where it fails, how sure it is and what the model is', async () => {
    await using talking = await talk(run, { budget: 2000 })
    for (const question of [
      'where does it fail?',
      'how sure is it?',
      'what model is this?',
      'which features act together?',
    ])
      expect((await talking.ask(question)).kind).toBe('answers')
    expect(JSON.stringify(talking.document())).toMatch(/It is dnn with \d+ parameters/)
  })

  it('is written as a document, once', async () => {
    await using talking = await talk(run)
    await askOnce(talking, 'how many red ones are there?')
    const out = join(folder, 'talk')
    const document = await writeTalk(talking, out)
    expect(document).toMatchObject({
      schema: 'interplay.ask/1',
      command: 'ask',
      data: expect.stringContaining('rows'),
      out,
    })
    expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)))
    await expect(writeTalk(talking, out)).rejects.toMatchObject({ code: 'run/exists' })
  })

  it.each([
    ['why row 4000?', 'data/no-row'],
    ['blorp', 'ask/unclear'],
    ['does colour cause hurt?', 'ask/unanswerable'],
    [' ', 'usage/missing-value'],
  ])('%j has no answer: %s', async (question, code) => {
    await using talking = await talk(run)
    await expect(askOnce(talking, question)).rejects.toMatchObject({ code })
  })
})

describe('served with explanations', () => {
  const post = async (url: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Record<string, never> }
  }

  it('explains a row of its own and a row from outside alike, and talks', async () => {
    await using server = await serve([run], { port: 0, workers: 1, explain: true })
    await server.ready
    const [colour, speed] = lines[16]!.split(',')
    const asked = { index: 'SV', order: 1, budget: 2000 }
    const own = await post(`${server.url}/v1/explain`, { ...asked, row: 17 })
    const given = await post(`${server.url}/v1/explain`, { ...asked, row: { colour, 'top speed': Number(speed) } })
    expect([own.status, given.status]).toEqual([200, 200])
    expect(own.body).toMatchObject({ model: 'run', row: 17, units: 'log-odds' })
    expect(given.body.row).toEqual({ colour, 'top speed': Number(speed) })
    expect(given.body.results).toEqual(own.body.results)

    const first = await post(`${server.url}/v1/ask`, { question: 'how many red ones are there?' })
    expect(first.body).toMatchObject({ reply: { kind: 'answers', program: 'count where colour = red' } })
    const { conversation } = first.body
    const second = await post(`${server.url}/v1/ask`, { question: 'undo', conversation })
    expect(second.body).toMatchObject({ conversation, reply: { kind: 'note' } })
  })

  it('says what is wrong with a request', async () => {
    await using server = await serve([run], { port: 0, workers: 1, explain: true })
    await server.ready
    const fault = async (path: string, body: object) => (await post(`${server.url}/v1/${path}`, body)).body
    expect(await fault('ask', { question: ' ' })).toMatchObject({
      code: 'request/invalid',
      detail: expect.stringContaining('/question') as string,
    })
    expect(await fault('ask', { question: 'why?', conversation: 'x' })).toMatchObject({ code: 'request/invalid' })
    expect(await fault('explain', { row: 5000 })).toMatchObject({ code: 'data/no-row' })
    expect(await fault('explain', { row: { colour: 'red', 'top speed': 'fast' } })).toMatchObject({
      code: 'request/invalid',
    })
    expect(await fault('explain', { lens: 'nothing' })).toMatchObject({ code: 'usage/unknown-lens' })
    expect(await fault('explain', { lens: 'influence', row: { colour: 'red', 'top speed': 120 } })).toMatchObject({
      code: 'lens/needs',
    })
  })
})

it('an ONNX file of numbers, with other words for its fields', async () => {
  const path = join(folder, 'product.onnx')
  const bytes = exportOnnx({
    name: 'product',
    inputs: { x: float32(['batch', 2]) },
    state: new State({}, 1),
    trace: ({ x }) => ({ y: x.slice(1, 0, 1).mul(x.slice(1, 1, 2)) }),
  })
  writeFileSync(path, bytes)
  const input = join(folder, 'numbers.csv')
  writeFileSync(input, 'a,b\n1.5,2.5\n0.5,0.25\n-1.5,0.75\n')
  await using talking = await talk(path, { input, aliases: { a: ['width'] } })
  const reply = await talking.ask('what if the width of row 2 were 4?')
  const after = reply.kind === 'answers' ? reply.answers[0]!.values.find(({ name }) => name === 'after') : undefined
  expect(after!.value).toBeCloseTo(1, 6)
})
