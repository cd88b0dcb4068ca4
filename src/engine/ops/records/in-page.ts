import '../../methods.ts'
import { Random } from '../../../random/index.ts'
import { Batch, type Case } from './batch.ts'
import { records } from './index.ts'

/** An answer as plain numbers, as it crosses from a page. */
export interface PlainAnswer {
  label: string
  tolerance: number
  outputs: number[][]
  gradients: (number[] | null)[]
}

/** Samples of a record: making a session takes the time, and the same kernels run under Node on all of them. */
const fewest = 2

const numbers = (data: ArrayLike<number | bigint>): number[] => Array.from(data, Number)

/** Values and gradients of the first small samples of some families' records in float32, on the runtime of this place. */
export async function answersOf(families: readonly string[], seed: number, threads = 1): Promise<PlainAnswer[]> {
  const answers: PlainAnswer[] = []
  for (const family of families) {
    const cases = records[family]!.flatMap(record =>
      record
        .samples(new Random(seed, record.name))
        .filter(sample => !sample.large)
        .slice(0, fewest)
        .map((sample, i): Case => ({ record, sample, label: `${record.name} sample ${i}` })),
    )
    const batch = new Batch(cases, { dtype: 'float32', threads })
    for (const [c, { outputs, gradients }] of (await batch.run()).entries()) {
      const { label, record } = cases[c]!
      answers.push({
        label,
        tolerance: record.tolerance ?? 1e-5,
        outputs: outputs.map(({ data }) => numbers(data)),
        gradients: gradients.map(gradient => (gradient ? numbers(gradient.data) : null)),
      })
    }
    await batch.close()
  }
  return answers
}
