import type { RunContext } from '../../../system/index.ts'

/** By what the tensors of a base are computed. */
export type Computing = Pick<RunContext, 'threads' | 'device'>
