import { activation } from './activation.ts'
import { control } from './control.ts'
import { elementwise } from './elementwise.ts'
import { products } from './matmul.ts'
import { normalization } from './normalization.ts'
import type { Reader } from './reading.ts'
import { recurrences } from './recurrent.ts'
import { reduce } from './reduce.ts'
import { selections } from './select.ts'
import { shapes } from './shape.ts'
import { spatial } from './spatial.ts'

/** The operators of the default domain that are read, by name. */
export const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries({
    ...activation,
    ...control,
    ...elementwise,
    ...normalization,
    ...products,
    ...recurrences,
    ...reduce,
    ...selections,
    ...shapes,
    ...spatial,
  }),
)
