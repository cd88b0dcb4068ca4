import { InterplayError, suggest } from '../../errors/index.ts'
import { counterfactualLens } from './lenses/counterfactual.ts'
import { aleLens, partialDependenceLens } from './lenses/curves.ts'
import { indicesLens } from './lenses/indices.ts'
import { fisLens, hLens, sobolLens } from './lenses/measures.ts'
import { influenceLens } from './lenses/influence.ts'
import { rashomonLens } from './lenses/rashomon.ts'
import { pairsLens } from './lenses/pairs.ts'
import { rulesLens } from './lenses/rules.ts'
import { ownViewLens } from './lenses/own-view.ts'
import type { TableSystem } from '../../system/index.ts'
import { systems } from '../../systems/index.ts'
import type { Lens } from './lens.ts'

/** Every lens: those that ask a predictor for values alone, then the views that systems have of themselves. */
export const lenses: readonly Lens[] = [
  pairsLens,
  indicesLens,
  hLens,
  sobolLens,
  fisLens,
  partialDependenceLens,
  aleLens,
  counterfactualLens,
  rashomonLens,
  influenceLens,
  rulesLens,
  ...systems.filter(system => system.view ?? system.viewKept).map(system => ownViewLens(system as TableSystem)),
]

/** The lenses used where none is named. */
export const usualLenses = (row: number | undefined): Lens[] =>
  row === undefined ? [pairsLens, indicesLens] : [indicesLens]

/** @throws InterplayError `usage/unknown-lens` with the nearest names */
export function lensNamed(name: string): Lens {
  const found = lenses.find(lens => lens.name === name || lens.alias === name)
  if (found) return found
  const others = ['network', 'two modalities', 'two sets of tokens']
  const inside = systems.filter(system => system.explain !== undefined && others.includes(system.task.name))
  const names = [...lenses, ...inside].map(lens => lens.name)
  const near = suggest(name, names)
  throw new InterplayError('usage/unknown-lens', `there is no lens '${name}'`, {
    where: `--lens ${name}`,
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : `there are ${names.join(', ')}`,
    try: `--lens ${near[0] ?? names[0]}`,
  })
}
