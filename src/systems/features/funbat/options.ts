import { InterplayError } from '../../../errors/index.ts'
import { z } from '../../../system/index.ts'

export const options = z.object({
  form: z
    .enum(['tucker', 'cp'])
    .default('tucker')
    .describe('tucker: every function of a mode may act with every one of the others; cp: the r-th with the r-th'),
  rank: z
    .array(z.number().int().min(1).max(64))
    .min(1)
    .default([2])
    .describe('functions of each mode: one number for all modes, or one a mode'),
  smoothness: z
    .enum(['1/2', '3/2'])
    .default('3/2')
    .describe('of the Matern covariance: 1/2 for rough functions, 3/2 for smooth ones'),
  lengthScales: z
    .array(z.number().positive().max(1000))
    .min(1)
    .default([0.2])
    .describe(
      'how far a function is like itself, of a mode scaled to [0, 1]; of several, the best by validation error',
    ),
  variance: z.number().positive().max(1e6).default(1).describe('prior variance of each function'),
  noiseRate: z
    .number()
    .min(0)
    .max(1e6)
    .default(0.001)
    .describe(
      "rate of the noise precision's prior; 1 in the paper, which reads up to 2 / rows of the variance as noise",
    ),
  passes: z.number().int().min(1).max(100_000).default(100).describe('most passes over modes, core and noise'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(1e-4)
    .describe('relative change of the fitted values and of the noise at which passes end'),
  restarts: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe('starts from other random functions; the best fit stays'),
  damping: z
    .number()
    .min(0)
    .max(0.99)
    .default(0.3)
    .describe('share of its old messages that a function keeps in a pass'),
  noiseDamping: z.number().min(0).max(0.99).default(0).describe('the same of the noise'),
  coreDamping: z.number().min(0).max(0.99).default(0).describe('the same of the core'),
  heldPasses: z.number().int().min(0).max(10_000).default(10).describe('first passes that hold the noise low'),
  stabilizer: z
    .number()
    .min(0)
    .max(1e6)
    .default(0)
    .describe("precision added where a coordinate was seen; 1 in the authors' code, no part of the model"),
})

export type FunbatOptions = z.output<typeof options>

/** The most values of a core: its covariance then takes 8 MB. */
const mostValues = 1024

/** Functions of each mode. Throws `option/conflict`. */
export function ranksOf({ rank, form }: Pick<FunbatOptions, 'rank' | 'form'>, modes: readonly string[]): number[] {
  const ranks = rank.length === 1 ? modes.map(() => rank[0]!) : rank
  if (ranks.length !== modes.length) {
    throw new InterplayError('option/conflict', `rank lists ${rank.length} numbers for ${modes.length} modes`, {
      why: `modes: ${modes.join(', ')}`,
      try: `--set rank=[${modes.map((_, i) => rank[i] ?? rank[0]).join(',')}]`,
    })
  }
  if (form === 'cp' && ranks.some(each => each !== ranks[0])) {
    throw new InterplayError('option/conflict', `cp needs the same rank for all modes, got ${ranks.join(', ')}`, {
      try: '--set form=tucker',
    })
  }
  const values = ranks.reduce((product, each) => product * each, 1)
  if (form === 'tucker' && values > mostValues) {
    const gigabytes = (values * values * 8) / 2 ** 30
    const most = Math.floor(mostValues ** (1 / modes.length))
    throw new InterplayError(
      'option/conflict',
      `a core of ${ranks.join(' x ')} has ${values.toLocaleString('en')} values, ${mostValues.toLocaleString('en')} are the most`,
      {
        why: `its covariance alone would take ${gigabytes.toPrecision(2)} GB`,
        try: `--set rank=[${most}], or --set form=cp`,
      },
    )
  }
  return ranks
}
