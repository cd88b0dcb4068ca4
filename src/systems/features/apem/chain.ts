import type { PreparedTable } from '../../../data/index.ts'
import { concat, type Tensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { TargetSpec } from '../../../nn/index.ts'
import type { ApemOptions } from './options.ts'

/**
 * Log-odds of reaching each step, p_t = c_1 ... c_t, from those of taking it once the one before is reached: [B, steps] both.
 * log p_t and log(1 - p_t) are summed apart, so that a chain of rare steps keeps its digits.
 */
export function chained(steps: Tensor): Tensor {
  const count = steps.shape[1] as number
  const columns = Array.from({ length: count }, (_, t) => steps.slice(1, t, t + 1))
  const reached = [columns[0]!]
  let yes = columns[0]!.neg().softplus().neg()
  let no = columns[0]!.softplus().neg()
  for (const step of columns.slice(1)) {
    const stops = yes.sub(step.softplus())
    no = no.add(stops.sub(no).softplus())
    yes = yes.sub(step.neg().softplus())
    reached.push(yes.sub(no))
  }
  return concat(reached, 1)
}

/** Whether targets of these kinds can be a chain. */
export const mayChain = (targets: readonly TargetSpec[]): boolean =>
  targets.length > 1 && targets.every(({ kind }) => kind === 'binary')

/** @throws InterplayError `option/conflict` where a chain is asked for of targets that cannot be one */
export function isChain(targets: readonly TargetSpec[], { chain }: Pick<ApemOptions, 'chain'>): boolean {
  if (chain !== 'on' || mayChain(targets)) return chain !== 'off' && mayChain(targets)
  throw new InterplayError('option/conflict', 'a chain takes several targets of two values', {
    where: '--set chain=on',
    why: targets.map(({ name, kind }) => `${name} is ${kind}`).join(', '),
  })
}

/**
 * Refuses rows that took a step without the one before it.
 * @throws InterplayError `data/conflict` with the count and the first rows
 */
export function checkChain({ spec, train, valid, test }: PreparedTable, options: Pick<ApemOptions, 'chain'>): void {
  const { targets } = spec
  if (!isChain(targets, options)) return
  for (let t = 1; t < targets.length; t++) {
    const rows: number[] = []
    for (const part of [train, valid, test]) {
      const [earlier, later] = [part.targets[t - 1], part.targets[t]]
      if (!earlier || !later) continue
      for (let row = 0; row < part.rows; row++) if (later[row]! > earlier[row]!) rows.push(part.rowNumber[row]!)
    }
    if (rows.length === 0) continue
    const [before, after] = [targets[t - 1]!.name, targets[t]!.name]
    const first = rows.sort((a, b) => a - b).slice(0, 3)
    throw new InterplayError(
      'data/conflict',
      `'${after}' without '${before}' in ${rows.length} rows, first row${first.length > 1 ? 's' : ''} ${first.join(', ')}`,
      {
        where: `--target ${targets.map(({ name }) => name).join(',')}`,
        why: 'in a chain each step needs the one before it',
        try: 'name the steps in their order, or --set chain=off',
        details: { rows: rows.slice(0, 1000) },
      },
    )
  }
}
