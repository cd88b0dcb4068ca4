import type { TableSystem } from '../system/system.ts'
import { autoint } from '../systems/features/autoint/index.ts'
import { dcnv2 } from '../systems/features/dcnv2/index.ts'
import { deepfm } from '../systems/features/deepfm/index.ts'
import { dnn } from '../systems/features/dnn/index.ts'
import { finalmlp } from '../systems/features/finalmlp/index.ts'
import { fm } from '../systems/features/fm/index.ts'
import { logistic } from '../systems/features/logistic/index.ts'

/** The table systems whose network the shared training learns, by name. */
export const systems = { autoint, dcnv2, deepfm, dnn, finalmlp, fm, logistic } as unknown as Readonly<
  Record<'autoint' | 'dcnv2' | 'deepfm' | 'dnn' | 'finalmlp' | 'fm' | 'logistic', TableSystem>
>
