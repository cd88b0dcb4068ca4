import type { View } from './player.ts'

/** How a view is put into words. */
export interface PromptOptions {
  /** The order in which the question names the actions; as they stand by default. */
  order?: readonly number[]
  /** A line about the partner, or a cover story, said before the rules. */
  preface?: string
  /** The move that was predicted of the other, stated before the question. */
  prediction?: number
}

/**
 * The rules, the payoffs as this player gets them, what happened so far, and which round it is; the question comes last.
 * Both seats read the same words: a player's own choice, and own points, always stand first.
 */
function setting(view: View, preface?: string): string[] {
  const { round, rounds, actions, otherActions, payoffs, otherPayoffs } = view
  const outcomes = actions.flatMap((mine, i) =>
    otherActions.map(
      (theirs, k) =>
        `If you pick Option ${mine} and they pick Option ${theirs}, you get ${payoffs[i]![k]!} points and they get ${otherPayoffs[i]![k]!} points.`,
    ),
  )
  return [
    ...(preface === undefined ? [] : [preface]),
    `You meet one other player again and again, for ${rounds} rounds. In each round you both pick at the same time.`,
    ...outcomes,
    ...Array.from({ length: round - 1 }, (_, t) => pastRound(view, t + 1)),
    `This is round ${round} of ${rounds}.`,
  ]
}

/** What happened in a round that is over. */
function pastRound(
  { actions, otherActions, payoffs, otherPayoffs, own, other, playedIn }: View,
  round: number,
): string {
  const t = playedIn.indexOf(round)
  if (t < 0) return `Round ${round}: it did not count, for a pick could not be read; nobody got points.`
  const [mine, theirs] = [own[t]!, other[t]!]
  return `Round ${round}: you picked Option ${actions[mine]!}, they picked Option ${otherActions[theirs]!}; you got ${payoffs[mine]![theirs]!} points, they got ${otherPayoffs[mine]![theirs]!} points.`
}

const naming = (labels: readonly string[], order: readonly number[] = labels.map((_, i) => i)): string =>
  order.map(i => `Option ${labels[i]!}`).join(' or ')

const alone = (labels: readonly string[]): string =>
  `Answer with the ${labels.every(label => label.length === 1) ? 'letter' : 'option'} alone.`

/** Asks for the move. The answer is one label. */
export function choicePrompt(view: View, { order, preface, prediction }: PromptOptions = {}): string {
  const expectation =
    prediction === undefined ? [] : [`You expect them to pick Option ${view.otherActions[prediction]!}.`]
  const question = prediction === undefined ? 'Which do you pick' : 'Which is best for you, then'
  return [
    ...setting(view, preface),
    ...expectation,
    `${question}: ${naming(view.actions, order)}? ${alone(view.actions)}`,
    'Option',
  ].join('\n')
}

/** Asks for the other's move first: social chain of thought (Akata et al. 2025). */
export function predictionPrompt(view: View, { order, preface }: PromptOptions = {}): string {
  return [
    ...setting(view, preface),
    `Which will they pick: ${naming(view.otherActions, order)}? ${alone(view.otherActions)}`,
    'Option',
  ].join('\n')
}

/**
 * The first label that stands alone in an answer, the longest of those that begin there; null where there is none, so that
 * nothing is guessed. Labels of several words may be parted by any space.
 */
export function readAnswer(answer: string, labels: readonly string[]): number | null {
  const longestFirst = [...labels].sort((a, b) => b.length - a.length).map(pattern)
  const found = new RegExp(`(?<![\\p{L}\\p{N}])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}])`, 'u').exec(answer)
  if (!found) return null
  const words = spaced(found[0])
  return labels.findIndex(label => spaced(label) === words)
}

const spaced = (text: string): string => text.trim().replace(/\s+/g, ' ')

const pattern = (label: string): string =>
  spaced(label)
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replaceAll(' ', '\\s+')
