import { join } from 'node:path'
import { InterplayError } from '../../errors/index.ts'
import { fileIn } from '../datasets/locate.ts'
import { unzipped } from '../unzipped.ts'
import type { Images } from './images.ts'

const [pixels, most] = [64, 16]

/**
 * The handwritten digits of UCI data set 80 as images of 8 x 8 in 0 .. 1, of `digits.csv.gz` in the folder: lines of 64 values
 * 0 .. 16 and a digit.
 * @throws InterplayError `data/not-found`, `data/ragged`, `data/not-finite`, the latter two with the line
 */
export async function readDigits(folder: string): Promise<Images> {
  const path = fileIn(folder, 'digits.csv.gz') ?? join(folder, 'digits.csv')
  const lines = (await unzipped(path)).toString('utf8').trim().split('\n')
  const rows = lines.map((line, i) => rowOf(line, `'digits.csv' line ${i + 1}`))
  return {
    count: rows.length,
    channels: 1,
    height: 8,
    width: 8,
    pixels: Float32Array.from(rows.flatMap(row => row.slice(0, pixels).map(value => value / most))),
    labels: {
      name: 'digit',
      classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
      values: Int32Array.from(rows, row => row[pixels]!),
    },
  }
}

function rowOf(line: string, where: string): number[] {
  const values = line.split(',').map(Number)
  if (values.length !== pixels + 1)
    throw new InterplayError('data/ragged', `${where} has ${values.length} values, ${pixels + 1} are needed`)
  const fits = (value: number, i: number) => Number.isInteger(value) && value >= 0 && value <= (i < pixels ? most : 9)
  const broken = values.findIndex((value, i) => !fits(value, i))
  if (broken < 0) return values
  const what = broken < pixels ? `intensity of 0 to ${most}` : 'digit'
  throw new InterplayError('data/not-finite', `${where}, value ${broken + 1} is no ${what}`)
}
