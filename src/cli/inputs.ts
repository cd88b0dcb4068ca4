import { InterplayError } from '../errors/index.ts'
import type { Settings } from './flags/settings.ts'

/** The positionals of a verb: the plain ones in order, and those given to a role (`edges=e.csv`). */
export interface Inputs {
  plain: string[]
  roles: Record<string, string>
}

/** Parts `role=input` from plain inputs, for the roles a task declares. */
export function readInputs(operands: readonly string[], roles: readonly string[]): Inputs {
  const inputs: Inputs = { plain: [], roles: {} }
  for (const operand of operands) {
    const [, role, input] = /^(\w+)=(.+)$/s.exec(operand) ?? []
    if (role === undefined || !roles.includes(role)) inputs.plain.push(operand)
    else if (role in inputs.roles)
      throw new InterplayError('usage/too-many-inputs', `two inputs for '${role}'`, { where: operand })
    else inputs.roles[role] = input!
  }
  return inputs
}

/** The one table of a verb: an input, or `train=`, `valid=` and `test=` files. */
export function readTableInput(verb: string, operands: readonly string[]) {
  const { plain, roles } = readInputs(operands, ['train', 'valid', 'test'])
  const { train, ...others } = roles
  const given = operands.join(' ')
  if (plain.length > 1) {
    throw new InterplayError('usage/too-many-inputs', `${verb} takes one table, ${plain.length} were given`, {
      where: given,
    })
  }
  if (train !== undefined && plain.length === 0) return { train, ...others }
  if (plain.length === 0 || Object.keys(roles).length > 0) {
    throw new InterplayError('usage/missing-input', `${verb} needs a table, or train= with valid= and test=`, {
      where: given || undefined,
      try: `interplay ${verb} data:birdstrikes`,
    })
  }
  return plain[0]!
}

const examples = {
  reader: 'reader.delimiter=";"',
  encoding: 'encoding.scaling=quantile',
  training: 'training.clipNorm=5',
  embedding: 'embedding.rows=20000',
}
type Group = keyof typeof examples
const groups = Object.keys(examples) as Group[]

/** The inputs of a system by role; the plain one goes to the task's first, or to the one that is answered. */
export function readRoles(
  verb: string,
  operands: readonly string[],
  task: { inputs: readonly string[]; answers?: string },
) {
  const { plain, roles } = readInputs(operands, task.inputs)
  const first = (verb === 'predict' ? task.answers : undefined) ?? task.inputs[0]!
  if (plain.length > 1 || (plain.length === 1 && first in roles)) {
    throw new InterplayError('usage/too-many-inputs', `${verb} takes one plain input, the others by role`, {
      where: operands.join(' '),
      why: `roles: ${task.inputs.join(', ')}`,
    })
  }
  return plain.length === 1 ? { ...roles, [first]: plain[0]! } : roles
}

/**
 * `reader.*` of `--set` says how bytes are read, `encoding.*` how fields become inputs, `training.*` how a model is trained,
 * `embedding.*` how values share rows; the rest belongs to the system.
 */
export function partSettings(
  settings: Settings = {},
  taken: readonly Group[] = groups,
): Partial<Record<Group, Settings>> & { set: Settings } {
  const set = { ...settings }
  const parts: Partial<Record<Group, Settings>> = {}
  for (const group of taken) {
    const value = set[group]
    delete set[group]
    if (value === undefined) continue
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InterplayError('option/invalid', `${group} must be a mapping, got '${String(value)}'`, {
        where: `--set ${group}`,
        try: `--set ${examples[group]}`,
      })
    }
    parts[group] = value as Settings
  }
  return { ...parts, set }
}
