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
  const { round, rounds, actions, otherActions, payoffs, otherPayoffs, own, other } = view
  const outcomes = actions.flatMap((mine, i) =>
    otherActions.map(
      (theirs, k) =>
        `If you pick Option ${mine} and they pick Option ${theirs}, you get ${payoffs[i]![k]!} points and they get ${otherPayoffs[i]![k]!} points.`,
    ),
  )
  const history = own.map((move, t) => {
    const [mine, theirs] = [move, other[t]!]
    return `Round ${t + 1}: you picked Option ${actions[mine]!}, they picked Option ${otherActions[theirs]!}; you got ${payoffs[mine]![theirs]!} points, they got ${otherPayoffs[mine]![theirs]!} points.`
  })
  return [
    ...(preface === undefined ? [] : [preface]),
    `You meet one other player again and again, for ${rounds} rounds. In each round you both pick at the same time.`,
    ...outcomes,
    ...history,
    `This is round ${round} of ${rounds}.`,
  ]
}

const naming = (labels: readonly string[], order: readonly number[] = labels.map((_, i) => i)): string =>
  order.map(i => `Option ${labels[i]!}`).join(' or ')

/** Asks for the move. The answer is one label. */
export function choicePrompt(view: View, { order, preface, prediction }: PromptOptions = {}): string {
  const expectation =
    prediction === undefined ? [] : [`You expect them to pick Option ${view.otherActions[prediction]!}.`]
  const question = prediction === undefined ? 'Which do you pick' : 'Which is best for you, then'
  return [
    ...setting(view, preface),
    ...expectation,
    `${question}: ${naming(view.actions, order)}? Answer with the letter alone.`,
    'Option',
  ].join('\n')
}

/** Asks for the other's move first: social chain of thought (Akata et al. 2025). */
export function predictionPrompt(view: View, { order, preface }: PromptOptions = {}): string {
  return [
    ...setting(view, preface),
    `Which will they pick: ${naming(view.otherActions, order)}? Answer with the letter alone.`,
    'Option',
  ].join('\n')
}

/** The first standalone label in an answer; null where there is none, so that nothing is guessed. */
export function readAnswer(answer: string, labels: readonly string[]): number | null {
  for (const word of answer.split(/[^\p{L}\p{N}]+/u)) {
    const action = labels.indexOf(word)
    if (action >= 0) return action
  }
  return null
}
