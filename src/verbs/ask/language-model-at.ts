import { InterplayError } from '../../errors/index.ts'
import {
  printProgram,
  type LanguageModel,
  type TranslationRequest,
  type Vocabulary,
} from '../../systems/explain/dialogue-explain/api.ts'

export interface LanguageModelOptions {
  /** Sent as a bearer token. Default: `OPENAI_API_KEY` of the environment, if there is one. */
  key?: string
  signal?: AbortSignal
}

/** Values of a field that are told. */
const toldValues = 30

/**
 * A language model behind an OpenAI-compatible address, `http://localhost:11434/v1#qwen3`: the model's name stands behind the
 * hash, and may be left out where the address serves one model. It translates questions to queries and words answers.
 *
 * @throws InterplayError `option/invalid` for no address, or several models to choose from; `ask/language-model` where none answers
 */
export async function languageModelAt(address: string, options: LanguageModelOptions = {}): Promise<LanguageModel> {
  const { key = process.env.OPENAI_API_KEY, signal } = options
  const { base, name } = readAddress(address)
  const model = name ?? (await onlyModel(base, key, signal))
  const [{ createOpenAICompatible }, { generateText }] = await Promise.all([
    import('@ai-sdk/openai-compatible'),
    import('ai'),
  ])
  const served = createOpenAICompatible({ name: 'interplay', baseURL: base, apiKey: key })(model)
  const say = async (system: string, prompt: string, abortSignal?: AbortSignal): Promise<string> => {
    try {
      return (await generateText({ model: served, system, prompt, temperature: 0, maxRetries: 1, abortSignal })).text
    } catch (error) {
      abortSignal?.throwIfAborted()
      throw unanswered(address, error)
    }
  }
  return {
    async translate(request, during) {
      const text = await say(translation(request), request.question, during)
      return jsonIn(text)
    },
    word: ({ question, sentences }, during) => say(wording, `${question}\n\n${sentences.join('\n')}`, during),
  }
}

function readAddress(address: string): { base: string; name?: string } {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InterplayError('option/invalid', `'${address}' is no address of a language model`, {
      where: `--llm ${address}`,
      try: '--llm http://localhost:11434/v1#MODEL',
    })
  const name = decodeURIComponent(url.hash.slice(1))
  url.hash = ''
  return { base: url.href.replace(/\/$/, ''), ...(name ? { name } : {}) }
}

/** The model that an address serves, if it is one. */
async function onlyModel(base: string, key: string | undefined, signal?: AbortSignal): Promise<string> {
  const headers = key === undefined ? undefined : { authorization: `Bearer ${key}` }
  const response = await fetch(`${base}/models`, { headers, signal }).catch((error: unknown) => {
    throw unanswered(base, error)
  })
  const body = (await response.json().catch(() => ({}))) as { data?: { id: string }[] }
  const names = (body.data ?? []).map(({ id }) => id)
  if (names.length === 1) return names[0]!
  throw new InterplayError('option/invalid', `the model of '${base}' must be named`, {
    where: `--llm ${base}`,
    why: names.length > 0 ? `it serves ${names.join(', ')}` : `it names none (${response.status})`,
    try: `--llm ${base}#${names[0] ?? 'MODEL'}`,
  })
}

function unanswered(address: string, error: unknown): InterplayError {
  const { message, cause } = error as Error
  return new InterplayError('ask/language-model', `no answer from the language model at '${address}'`, {
    where: `--llm ${address}`,
    why: String((cause as Error | undefined)?.message ?? message),
    try: '--llm off',
    cause: error,
  })
}

const wording = [
  'You are given a question about a trained model and the computed answer to it.',
  'Say the answer in one to three plain sentences. Use only what it says: no other number, no cause, no advice.',
].join(' ')

function translation({ schema, vocabulary, past }: TranslationRequest): string {
  return [
    'Translate the question into queries about a trained model and its rows: a JSON array that fits this schema, and nothing else.',
    JSON.stringify(schema),
    `The fields of '${vocabulary.name}': ${vocabulary.fields.map(told).join('; ')}.`,
    ...(vocabulary.target ? [targetTold(vocabulary.target)] : []),
    ...(past.length > 0
      ? [`Asked before, the newest last: ${printProgram(past)}. "It" and "they" refer to that.`]
      : []),
    'Where the question cannot be asked in this language, answer [].',
  ].join('\n\n')
}

function told({ name, type, values, range }: Vocabulary['fields'][number]): string {
  const said = JSON.stringify(name)
  if (type === 'numeric') return range ? `${said}, a number from ${range[0]} to ${range[1]}` : `${said}, a number`
  if (!values) return said
  const some = values.slice(0, toldValues).map(value => JSON.stringify(value))
  return `${said}, one of ${some.join(', ')}${values.length > some.length ? ', and others' : ''}`
}

const targetTold = ({ name, classes }: NonNullable<Vocabulary['target']>): string =>
  `The model foretells ${JSON.stringify(name)}${classes.length > 0 ? `: ${classes.map(each => JSON.stringify(each)).join(' or ')}` : ''}.`

/** The first JSON array of a text, undefined where there is none. */
function jsonIn(text: string): unknown {
  const [start, end] = [text.indexOf('['), text.lastIndexOf(']')]
  if (start < 0 || end < start) return undefined
  try {
    return JSON.parse(text.slice(start, end + 1))
  } catch {
    return undefined
  }
}
