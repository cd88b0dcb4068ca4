import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { integer, text } from '../flags/kind.ts'
import type { Settings } from '../flags/settings.ts'
import { shared } from '../flags/shared.ts'

const ask = defineCommand({
  operands: [
    { name: 'PREDICTOR', describe: 'a run, a bundle, an ONNX file, or the address of an endpoint' },
    { name: '[INPUT]', describe: 'rows to talk about; a run rereads its own data and uses its test rows' },
    { name: '[QUESTION]', describe: 'one question; without it a conversation, or the lines of standard input' },
  ],
  flags: {
    target: { ...shared.target, describe: 'the field of the labels, for predictors that are no runs' },
    budget: flag(integer({ min: 1 }), 'predictions that one explanation may spend', { value: 'N', default: '40000' }),
    llm: flag(
      text,
      'an OpenAI-compatible address, #MODEL behind it, that translates questions and words answers; numbers stay computed here',
      { value: 'URL', default: 'off' },
    ),
    set: {
      ...shared.set,
      describe: 'other words: items=[strike,flight] for rows, alias.NAME=[WORD,...] for a field, value or class',
    },
  },
  examples: [
    'interplay ask runs/birdstrikes-autoint-1',
    "interplay ask runs/birdstrikes-autoint-1 'why row 17?'",
    "interplay ask runs/birdstrikes-autoint-1 'where does it fail?' --json",
    'interplay ask http://localhost:8080 rows.csv',
    'interplay ask runs/birdstrikes-autoint-1 --llm http://localhost:11434/v1#qwen3',
  ],
  async run({ operands: [predictor, ...words], options, signal, terminal }) {
    const [{ talk, askOnce, writeTalk }, render, { chat }] = await parts()
    if ((options.target?.length ?? 0) > 1)
      throw new InterplayError('usage/too-many-values', 'ask takes one field of labels', { where: '--target' })
    const { input, question } = readWords(words)
    const { target, set, budget, llm = 'off', seed, threads, json, out } = options
    await using talking = await talk(predictor!, {
      ...wordsOf(set),
      input,
      target: target?.[0],
      budget,
      seed,
      threads: threads ?? availableParallelism(),
      languageModel: llm === 'off' ? undefined : await (await serving()).languageModelAt(llm, { signal }),
      signal,
    })
    const closing = async () => (out === undefined ? talking.document() : await writeTalk(talking, out))
    if (question !== undefined) {
      const reply = await askOnce(talking, question)
      return { document: await closing(), lines: style => render.renderReply(reply, style) }
    }
    const interactive = process.stdin.isTTY === true && json !== true
    if (json) {
      for await (const line of linesOf(process.stdin)) if (line.trim() !== '') await talking.ask(line)
      return { document: await closing() }
    }
    if (interactive) {
      const { predictor: name, data, rows } = talking.document()
      terminal.progress(render.renderOpening({ predictor: name, data, rows }, terminal.progressStyle))
    }
    await chat(talking, { input: process.stdin, terminal, interactive, signal })
    await closing()
    return {}
  },
})

/** Apart, since tsc leaves the names of TypeScript files in dynamic imports beside an `await using`. */
const parts = () =>
  Promise.all([import('../../verbs/ask/ask.ts'), import('../render/ask.ts'), import('../chat.ts')] as const)

const serving = () => import('../../verbs/ask/language-model-at.ts')

async function* linesOf(input: NodeJS.ReadableStream): AsyncIterable<string> {
  const { createInterface } = await import('node:readline')
  yield* createInterface({ input: input as NodeJS.ReadStream })
}

/** What stands after the predictor: rows, then a question. One alone is rows where it is a path or names data. */
function readWords(words: readonly string[]): { input?: string; question?: string } {
  if (words.length > 2)
    throw new InterplayError(
      'usage/too-many-inputs',
      `ask takes rows and one question, ${words.length} words were given`,
      {
        where: words.join(' '),
        try: `'${words.join(' ')}' in quotes`,
      },
    )
  const [first, second] = words
  if (first === undefined) return {}
  const names = existsSync(first) || /^(?:data|sql|world):/.test(first) || /\.(?:csv|tsv|parquet|jsonl?)$/.test(first)
  if (second !== undefined) return { input: first, question: second }
  return names ? { input: first } : { question: first }
}

/** What `--set` of ask says. */
function wordsOf(set: Settings = {}): { items?: string[]; aliases?: Record<string, string[]> } {
  const { items, alias = {}, ...others } = set
  const [unknown] = Object.keys(others)
  if (unknown !== undefined)
    throw new InterplayError('option/unknown', `ask has no option '${unknown}'`, {
      where: `--set ${unknown}`,
      why: 'there are items and alias',
    })
  if (typeof alias !== 'object' || alias === null || Array.isArray(alias))
    throw new InterplayError('option/invalid', 'alias must name what the words are for', {
      where: '--set alias',
      try: '--set alias.Speed=[velocity]',
    })
  const texts = (value: unknown) => [value].flat().map(String)
  return {
    ...(items === undefined ? {} : { items: texts(items) }),
    aliases: Object.fromEntries(Object.entries(alias).map(([name, words]) => [name, texts(words)])),
  }
}

export default ask
