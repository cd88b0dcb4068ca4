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

/** The inputs of a system by role; the plain one goes to the task's first. */
export function readRoles(verb: string, operands: readonly string[], task: { inputs: readonly string[] }) {
  const { plain, roles } = readInputs(operands, task.inputs)
  const [first] = task.inputs
  if (plain.length > 1 || (plain.length === 1 && first! in roles)) {
    throw new InterplayError('usage/too-many-inputs', `${verb} takes one plain input, the others by role`, {
      where: operands.join(' '),
      why: `roles: ${task.inputs.join(', ')}`,
    })
  }
  return plain.length === 1 ? { ...roles, [first!]: plain[0]! } : roles
}

/** `reader.*` of `--set` says how bytes are read; the rest belongs to the system. */
export function partReader(settings: Settings = {}): { reader?: Settings; set: Settings } {
  const { reader, ...set } = settings
  if (reader === undefined) return { set }
  if (typeof reader === 'object' && reader !== null && !Array.isArray(reader))
    return { reader: reader as Settings, set }
  throw new InterplayError('option/invalid', `reader must be a mapping, got '${String(reader)}'`, {
    where: '--set reader',
    try: '--set reader.delimiter=";"',
  })
}
