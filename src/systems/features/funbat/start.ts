import { dense } from '../../../linear-algebra/index.ts'
import type { Random } from '../../../random/index.ts'
import type { ModeFunctions } from './functions.ts'

const sinusoids = 4
const [slowest, fastest] = [0.5, 2]
const variance = 0.01

/**
 * Smooth random functions of unit variance to start from: sums of four sinusoids of random phase, half a cycle to two over
 * the mode. From the authors' uniform noise, data of mean zero collapse: factors vanish, and all is noise.
 */
export function believeRandom(functions: ModeFunctions, random: Random): void {
  const { positions, rank } = functions
  const means = new Float64Array(positions.length * rank)
  for (let r = 0; r < rank; r++) {
    for (let k = 0; k < sinusoids; k++) {
      const frequency = slowest + (fastest - slowest) * random.uniform()
      const phase = random.uniform()
      positions.forEach((position, i) => {
        means[i * rank + r]! += Math.sqrt(2 / sinusoids) * Math.sin(2 * Math.PI * (frequency * position + phase))
      })
    }
  }
  const covariance = dense(rank, rank)
  for (let r = 0; r < rank; r++) covariance.data[r * rank + r] = variance
  functions.believe(means, covariance)
}
