import { vega } from '../../data/datasets/entries/vega.ts'
import type { DerivedTarget } from '../index.ts'

const { name, recipe } = vega.find(dataset => dataset.name === 'birdstrikes')!
const cause = 'Effect Amount of damage'

/** The rows shipped with the page, with the target of their recipe. */
export const birdstrikes = {
  name,
  target: {
    name: 'damage',
    reads: [cause],
    value: row => row[cause] !== 'None',
  } satisfies DerivedTarget as DerivedTarget,
  ignore: recipe!.options.ignore,
  types: recipe!.options.types,
}
