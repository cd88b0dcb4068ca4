/** Where a model of the cloud comes from: dials turned for one set, a random direction, or another model. */
export type Sampler = 'dials' | 'direction' | 'other'

/** One model of a set's cloud. */
export interface CloudPoint {
  sampler: Sampler
  /** [fields] its dials; none for another model. */
  mask?: Float64Array
  /** Of `dials`: tenths of epsilon that each member was turned to alone, and which way. */
  split?: number[]
  directions?: (1 | -1)[]
  /** Loss less that of the model itself. */
  excess: number
  /** Whether it is in the set: no worse than epsilon. */
  inside: boolean
  joint: number
  /** Rise of the loss when one member is shuffled, of each. */
  mains: number[]
  fis: number
}

export interface SetCloud {
  set: string[]
  /** FIS of the model itself. */
  reference: number
  /** Over the models inside, the model itself included; bounds of the true range from within. */
  least: number
  greatest: number
  /** Who reached each end. */
  leastBy: Sampler | 'model'
  greatestBy: Sampler | 'model'
  /** Whether models inside disagree on the sign. */
  signDiffers: boolean
  points: CloudPoint[]
}

/** The range of a set's score over the models inside. */
export function setCloud(set: string[], { reference, points }: Pick<SetCloud, 'reference' | 'points'>): SetCloud {
  const good = [
    { fis: reference, by: 'model' as const },
    ...points.filter(({ inside }) => inside).map(({ fis, sampler }) => ({ fis, by: sampler })),
  ]
  const least = good.reduce((a, b) => (b.fis < a.fis ? b : a))
  const greatest = good.reduce((a, b) => (b.fis > a.fis ? b : a))
  return {
    set,
    reference,
    least: least.fis,
    greatest: greatest.fis,
    leastBy: least.by,
    greatestBy: greatest.by,
    signDiffers: least.fis < 0 && greatest.fis > 0,
    points,
  }
}
