import { InterplayError, suggest } from '../errors/index.ts'
import type { AnySystem, TableSystem } from '../system/index.ts'
import { repeatedGames } from './agents/repeated-games/index.ts'
import { catgcn } from './graphs/catgcn/index.ts'
import { influenceEkfac } from './explain/influence-ekfac/index.ts'
import { chmCorr } from './explain/chm-corr/index.ts'
import { hbi } from './explain/hbi/index.ts'
import { multimodalInteractions } from './explain/multimodal-interactions/index.ts'
import { fisRashomon } from './explain/fis-rashomon/index.ts'
import { eqmotion } from './bodies/eqmotion/index.ts'
import { blackboxHighdim } from './explain/blackbox-highdim/index.ts'
import { cbm } from './explain/cbm/index.ts'
import { causalDeFinetti } from './explain/causal-de-finetti/index.ts'
import { csr } from './explain/csr/index.ts'
import { dialogueExplain } from './explain/dialogue-explain/index.ts'
import { apem } from './features/apem/index.ts'
import { armnet } from './features/armnet/index.ts'
import { autoint } from './features/autoint/index.ts'
import { awMoe } from './features/aw-moe/index.ts'
import { boostedTrees } from './features/boosted-trees/index.ts'
import { coldStart } from './features/cold-start/index.ts'
import { dcnv2 } from './features/dcnv2/index.ts'
import { deepfm } from './features/deepfm/index.ts'
import { dnis } from './features/dnis/index.ts'
import { dnn } from './features/dnn/index.ts'
import { fgcnn } from './features/fgcnn/index.ts'
import { finalmlp } from './features/finalmlp/index.ts'
import { fm } from './features/fm/index.ts'
import { funbat } from './features/funbat/index.ts'
import { hft } from './features/hft/index.ts'
import { logistic } from './features/logistic/index.ts'
import { optfs } from './features/optfs/index.ts'
import { optinter } from './features/optinter/index.ts'
import { outrank } from './features/outrank/index.ts'
import { lib } from './neurons/lib/index.ts'
import { diffusion } from './generation/diffusion/index.ts'
import { spm } from './generation/spm/index.ts'
import { unifiedEmbedding } from './features/unified-embedding/index.ts'
import { stripMlp } from './vision/strip-mlp/index.ts'

export { openBase, type Base } from './generation/shared/base.ts'
export { decodeMembrane, encodeMembrane, erase, generate, membrane, type Membrane } from './generation/spm/membrane.ts'
export { mergeInto } from './generation/spm/merge.ts'

/** Every system there is, by family and name. */
export const systems: readonly AnySystem[] = [
  eqmotion,
  apem,
  armnet,
  autoint,
  awMoe,
  blackboxHighdim,
  boostedTrees,
  catgcn,
  chmCorr,
  causalDeFinetti,
  cbm,
  coldStart,
  csr,
  dcnv2,
  deepfm,
  dialogueExplain,
  diffusion,
  dnis,
  dnn,
  fgcnn,
  finalmlp,
  fisRashomon,
  fm,
  hbi,
  lib,
  influenceEkfac,
  funbat,
  hft,
  logistic,
  multimodalInteractions,
  optfs,
  optinter,
  outrank,
  repeatedGames,
  spm,
  stripMlp,
  unifiedEmbedding,
]

/** Throws `usage/unknown-system` with the nearest names. */
export function systemNamed(name: string): AnySystem {
  const found = systems.find(system => system.name === name)
  if (found) return found
  const near = suggest(
    name,
    systems.map(system => system.name),
  )
  throw new InterplayError('usage/unknown-system', `no system '${name}'`, {
    why: near.length > 0 ? `nearest: ${near.join(', ')}` : undefined,
    try: near.length > 0 ? `-s ${near[0]}` : 'interplay systems',
  })
}

/** The system of that name, which must learn from table rows. Throws `usage/wrong-task` where it does not. */
export function tableSystem(name: string): TableSystem {
  const system = systemNamed(name)
  if (system.task.name === 'table' && (system.create || system.learn)) return system as TableSystem
  throw new InterplayError('usage/wrong-task', `${name} takes ${system.task.name} inputs, not table rows`, {
    try: '-s autoint',
  })
}

/** What is trained where no system is named. */
export const defaultTableSystem = 'autoint'
