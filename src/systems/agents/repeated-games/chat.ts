import { setTimeout as wait } from 'node:timers/promises'
import { InterplayError } from '../../../errors/index.ts'
import type { Random } from '../../../random/index.ts'
import type { Move, Player, View } from './player.ts'
import { choicePrompt, predictionPrompt, readAnswer } from './prompt.ts'

export interface ChatOptions {
  /** Base address of an endpoint of the OpenAI chat shape: `http://localhost:8080/v1`. */
  url: string
  model: string
  /** Sent as a bearer token. */
  key?: string
  /** Asks for the other's move first. */
  predictFirst?: boolean
  /** How often a call is made before the match is given up. */
  attempts?: number
  /** Milliseconds before a call is given up, and before the first new one; each wait is twice the last. */
  timeout?: number
  pause?: number
}

const replyOf = (body: unknown): string | undefined =>
  (body as { choices?: { message?: { content?: string } }[] })?.choices?.[0]?.message?.content

/**
 * A model behind a chat endpoint. The order in which a question names the labels is drawn anew each round; temperature is 0.
 * Answers are kept as they came, and one without a label is an unreadable move, never a guess.
 * @throws InterplayError `agent/refused` for a missing or wrong key, `agent/unreachable` after the last attempt
 */
export function chatPlayer(options: ChatOptions): Player {
  const { url, model, predictFirst = false } = options
  return {
    name: `${predictFirst ? 'chat-predict' : 'chat'}:${model}@${url}`,
    summary: 'a model behind a chat endpoint',
    async choose(view: View, random: Random): Promise<Move> {
      const shuffled = (labels: readonly string[]) => [...random.permutation(labels.length)]
      const expected = predictFirst ? await expectation(options, view, shuffled(view.otherActions)) : {}
      const order = shuffled(view.actions)
      const prompt = choicePrompt(view, { order, prediction: expected.prediction ?? undefined })
      const raw = await ask(options, prompt, view.actions)
      return { action: readAnswer(raw, view.actions), raw, order, ...expected }
    },
  }
}

/** What the model expects the other to do. */
async function expectation(
  options: ChatOptions,
  view: View,
  order: readonly number[],
): Promise<Pick<Move, 'prediction' | 'rawPrediction'>> {
  const rawPrediction = await ask(options, predictionPrompt(view, { order }), view.otherActions)
  return { prediction: readAnswer(rawPrediction, view.otherActions), rawPrediction }
}

async function ask(options: ChatOptions, prompt: string, labels: readonly string[]): Promise<string> {
  const { url, model, attempts = 4, pause = 500 } = options
  let failure = ''
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await wait(pause * 2 ** (attempt - 1))
    const answer = await call(options, prompt, labels)
    if ('reply' in answer) return answer.reply
    failure = answer.failure
  }
  throw new InterplayError('agent/unreachable', `${model} at ${url} gave no answer in ${attempts} attempts`, {
    why: failure,
  })
}

/** Room for the longest label: about a token a letter at worst, and one for a quote or a space on either side. */
const tokensFor = (labels: readonly string[]): number => Math.max(4, ...labels.map(label => label.length + 2))

async function call(
  { url, model, key, timeout = 30_000 }: ChatOptions,
  prompt: string,
  labels: readonly string[],
): Promise<{ reply: string } | { failure: string }> {
  let response: Response
  let text: string
  try {
    response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({
        model,
        temperature: 0,
        max_tokens: tokensFor(labels),
        messages: [{ role: 'user', content: prompt }],
      }),
      signal: AbortSignal.timeout(timeout),
    })
    text = await response.text()
  } catch (error) {
    return { failure: (error as Error).message }
  }
  if (response.status === 401 || response.status === 403) {
    throw new InterplayError(
      'agent/refused',
      `${url} refuses the ${key === undefined ? 'call without a key' : 'key'}`,
      {
        try: 'INTERPLAY_LLM_KEY=...',
      },
    )
  }
  if (!response.ok) return { failure: `status ${response.status}` }
  try {
    const reply = replyOf(JSON.parse(text))
    return reply === undefined ? { failure: 'an answer of another shape' } : { reply }
  } catch {
    return { failure: 'an answer that is not JSON' }
  }
}
