import { formatCount } from '../../charts/index.ts'
import { InterplayError } from '../../errors/index.ts'
import type { Subject } from './subject.ts'

/** @throws InterplayError `data/no-row` where the source has no such row */
export function rowOf({ row, data, total }: Subject, number: number): Float64Array {
  const found = row(number)
  if (found) return found
  throw new InterplayError('data/no-row', `'${data}' has no row ${formatCount(number)}`, {
    where: `--row ${number}`,
    why: `${formatCount(total)} rows take part; rows count from 1, header excluded`,
    try: '--row 1',
  })
}
