import { Readable, Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { Conversation } from '../systems/explain/dialogue-explain/api.ts'
import { plantedSubject } from '../systems/explain/dialogue-explain/planted.ts'
import type { Talk } from '../verbs/ask/ask.ts'
import { chat } from './chat.ts'
import { Terminal } from './terminal/terminal.ts'

function sink() {
  const texts: string[] = []
  const write = (chunk: Buffer, _: string, done: () => void) => {
    texts.push(String(chunk))
    done()
  }
  return { texts, stream: Object.assign(new Writable({ write }), { isTTY: true, columns: 80 }) }
}

function open() {
  const conversation = new Conversation(plantedSubject({ rows: 100 }), { budget: 2000 })
  const { texts, stream } = sink()
  const terminal = new Terminal({ stdout: stream, stderr: sink().stream, environment: { TERM: 'xterm' }, color: false })
  const talk = { ask: (question: string) => conversation.ask(question) } as Talk
  return { talk, terminal, said: () => stripVTControlCharacters(texts.join('')) }
}

it('answers line by line within 80 columns, and goes on after what has no answer', async () => {
  const { talk, terminal, said } = open()
  const questions = [
    'women',
    'why row 3?',
    'and row 400?',
    'accuracy for martians',
    'who else is like row 3?',
    'which features act together?',
    'how do you know?',
    'what can I ask?',
    'where does it fail?',
  ]
  await chat(talk, { input: Readable.from(questions.map(question => `${question}\n`)), terminal, interactive: false })
  const text = said()
  expect(text).toContain('For row 3 the model says')
  expect(text).toContain("error[data/no-row]: 'loans' has no row 400")
  expect(text).toContain("What about 'women'?")
  expect(text).toContain("'martians' is no field and no value of loans")
  expect(text).toContain('query    interactions')
  expect(text).toContain('seed 1')
  const long = text.split('\n').filter(line => line.length > 80)
  expect(long).toEqual([])
})

it('stops when told to', async () => {
  const { talk, terminal } = open()
  const stop = new AbortController()
  const input = new Readable({ read() {} })
  const talking = chat(talk, { input, terminal, interactive: false, signal: stop.signal })
  stop.abort()
  await expect(talking).rejects.toMatchObject({ name: 'AbortError' })
})
