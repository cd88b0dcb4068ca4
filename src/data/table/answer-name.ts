import type { Warning } from './readers/source.ts'

/** Names of a model's own inputs and outputs. */
const taken = /^(categorical|numeric|logits)$|^sequence\./

/** What the answer for a target is called, in the model and beside it: the target's name where it is free. */
export const answerName = (target: string): string => (taken.test(target) ? `${target}_answer` : target)

/** `data/renamed`: targets whose answers have another name. */
export const renamedWarnings = (targets: readonly string[]): Warning[] =>
  targets
    .filter(target => answerName(target) !== target)
    .map(target => ({
      code: 'data/renamed',
      message: `the answer for '${target}' is called '${answerName(target)}'; the model has a '${target}' of its own`,
      fields: [target],
    }))
