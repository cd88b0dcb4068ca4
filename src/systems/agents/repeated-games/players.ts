import { InterplayError, suggest } from '../../../errors/index.ts'
import { chatPlayer } from './chat.ts'
import { lookupPlayer, policies, readTable, recordedPolicy, type Policy } from './lookup.ts'
import type { Player } from './player.ts'
import { fictitious, levelK, qLearner, quantal } from './reasoners.ts'
import { randomPlayer, strategies } from './strategies.ts'

const plain = [...strategies, fictitious, qLearner]

/** How players are written, for lists and errors. */
export const playerForms: readonly string[] = [
  ...plain.map(({ name }) => name),
  'random:P',
  'level:K',
  'qre:LAMBDA',
  ...policies.map(policy => `lookup:${policy}`),
  'lookup:FILE.json',
  'chat:MODEL@URL',
  'chat-predict:MODEL@URL',
]

/**
 * The player of that name in a game: `tft`, `random:0.3`, `level:2`, `qre:1`, `lookup:gpt4`, `lookup:FILE.json`,
 * `chat:MODEL@URL` (its key in INTERPLAY_LLM_KEY).
 * @throws InterplayError `option/invalid` with the nearest names, and what the recorded policies throw
 */
export function playerNamed(text: string, game: string): Player {
  const name = text.trim()
  const found = plain.find(player => player.name === name)
  if (found) return found
  const [, kind, given] = /^(random|level|qre|lookup|chat|chat-predict)(?::(.+))?$/.exec(name) ?? []
  if (kind === 'random') return randomPlayer(numberOf(name, given ?? '0.5', 0, 1))
  if (kind === 'level') return levelK(Math.round(numberOf(name, given ?? '1', 1, 20)))
  if (kind === 'qre') return quantal(numberOf(name, given ?? '1', 0, 100))
  if (kind === 'lookup' && given !== undefined) {
    if (policies.includes(given as Policy)) return recordedPolicy(given as Policy, game)
    if (given.endsWith('.json')) return lookupPlayer(name, readTable(given))
  }
  const [, model, url] = /^(.+)@(https?:\/\/.+)$/.exec(given ?? '') ?? []
  if (kind?.startsWith('chat') && model !== undefined) {
    return chatPlayer({
      model,
      url: url!,
      key: process.env['INTERPLAY_LLM_KEY'],
      predictFirst: kind === 'chat-predict',
    })
  }
  const near = suggest(name, [...playerForms])
  throw new InterplayError('option/invalid', `no player '${name}'`, {
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : `players: ${playerForms.join(', ')}`,
  })
}

function numberOf(name: string, text: string, low: number, high: number): number {
  const value = Number(text)
  if (value >= low && value <= high) return value
  throw new InterplayError('option/invalid', `'${name}': ${text} is not between ${low} and ${high}`)
}
