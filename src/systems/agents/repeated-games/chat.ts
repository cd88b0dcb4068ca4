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
  const { model, predictFirst = false } = options
  return {
    name: `chat:${model}${predictFirst ? ':predict' : ''}`,
    summary: 'a model behind a chat endpoint',
    async choose(view: View, random: Random): Promise<Move> {
      const order = (labels: readonly string[]) => ({ order: [...random.permutation(labels.length)] })
      const expected = predictFirst
        ? readAnswer(await ask(options, predictionPrompt(view, order(view.otherActions))), view.otherActions)
        : null
      const prediction = expected ?? undefined
      const raw = await ask(options, choicePrompt(view, { ...order(view.actions), prediction }))
      return { action: readAnswer(raw, view.actions), raw, ...(prediction === undefined ? {} : { prediction }) }
    },
  }
}

async function ask(options: ChatOptions, prompt: string): Promise<string> {
  const { url, model, attempts = 4, pause = 500 } = options
  let failure = ''
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await wait(pause * 2 ** (attempt - 1))
    const answer = await call(options, prompt)
    if ('reply' in answer) return answer.reply
    failure = answer.failure
  }
  throw new InterplayError('agent/unreachable', `${model} at ${url} gave no answer in ${attempts} attempts`, {
    why: failure,
  })
}

async function call(
  { url, model, key, timeout = 30_000 }: ChatOptions,
  prompt: string,
): Promise<{ reply: string } | { failure: string }> {
  let response: Response
  let text: string
  try {
    response = await fetch(`${url.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, temperature: 0, max_tokens: 4, messages: [{ role: 'user', content: prompt }] }),
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
