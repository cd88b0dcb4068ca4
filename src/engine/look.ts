import { InterplayError } from '../errors/index.ts'
import { sameShape, spellShape, type Shape } from './dimension.ts'
import type { HostTensor } from './dtype.ts'
import type { Feed } from './bind-feed.ts'
import type { Tensor } from './tensor.ts'

/** What takes an intermediate's place: a value of its shape (1 for an axis to repeat along, a number for all), or a function of it. */
export type Patch = Feed | ((x: Tensor) => Tensor)

/** What to read and what to replace inside a run, by the names of intermediates. */
export interface Look {
  /** Result name -> intermediate. Where it is also patched, the patched value is read. */
  capture?: Readonly<Record<string, string>>
  /** Intermediate -> what takes its place. */
  patch?: Readonly<Record<string, Patch>>
}

export type Captured<L extends Look> =
  L['capture'] extends Readonly<Record<infer Name extends string, string>> ? Name : never

export interface GradientLook extends Look {
  /** A scalar of the outputs and captured values. */
  of: (y: Record<string, Tensor>) => Tensor
  /** Inputs, intermediates or parameters. */
  withRespectTo: string | readonly string[]
}

export interface Sweep extends Pick<Look, 'capture'> {
  /** Intermediate -> what takes its place, one after the other, each alone. */
  patch: Readonly<Record<string, Patch | readonly Patch[]>>
  signal?: AbortSignal
}

export interface SweepRun {
  site: string
  /** Which of the site's patches. */
  patch: number
  outputs: Record<string, HostTensor>
}

/** One patch as a list of one. */
export const listOf = (patches: Patch | readonly Patch[]): readonly Patch[] =>
  Array.isArray(patches) ? (patches as readonly Patch[]) : [patches as Patch]

const functions = new WeakMap<object, number>()
let functionCount = 0

/** A name for a function, the same one each time. */
export function identityOf(each: object): string {
  const known = functions.get(each)
  if (known !== undefined) return `function ${known}`
  functions.set(each, functionCount)
  return `function ${functionCount++}`
}

/** What of a patch decides the graph: a function's identity, a value's extents of 1. */
export function kindOf(patch: Patch): string {
  if (typeof patch === 'function') return identityOf(patch)
  if (typeof patch === 'number') return 'number'
  return 'dims' in patch ? `value ${patch.dims.map(extent => (extent === 1 ? 1 : '_')).join(' ')}` : 'array'
}

/** The shape to declare for a patch's value: the intermediate's, but for the axes along which the value repeats. */
export function shapeOfValue(value: Feed, x: Tensor): Shape {
  if (typeof value === 'number') return []
  if (!('dims' in value)) return x.shape
  const extra = value.dims.length - x.rank
  if (extra > 0)
    throw new InterplayError('shape/mismatch', `a patch of ${spellShape(value.dims)} is not ${spellShape(x.shape)}`)
  return value.dims.map((extent, axis) => (extent === 1 ? 1 : x.shape[axis - extra]!))
}

/** A patch's value repeated to the intermediate's shape. */
export const spread = (value: Tensor, x: Tensor): Tensor =>
  sameShape(value.shape, x.shape) ? value : value.expandLike(x)

/** @throws InterplayError `shape/mismatch` for a patch of another shape or type than the value it replaces. */
export function expectLike(x: Tensor, y: Tensor, name: string): Tensor {
  if (y.dtype === x.dtype && sameShape(y.shape, x.shape)) return y
  const [given, own] = [y, x].map(({ dtype, shape }) => `${dtype}${spellShape(shape)}`)
  throw new InterplayError('shape/mismatch', `the patch of '${name}' is ${given}, the value there ${own}`)
}

/**
 * What is patched, under its own name, with the name that was given for it.
 *
 * @throws InterplayError `onnx/name` for two names of one value.
 */
export function sitesOf(given: readonly string[], resolve: (name: string) => string): Map<string, string> {
  const sites = new Map<string, string>()
  for (const name of given) {
    const site = resolve(name)
    const other = sites.get(site)
    if (other !== undefined) {
      throw new InterplayError('onnx/name', `'${other}' and '${name}' are two names of one value`, {
        where: `'${site}'`,
        try: 'one patch that does both',
      })
    }
    sites.set(site, name)
  }
  return sites
}

/** What of a look decides the graph. */
export function keysOf({ capture = {}, patch = {} }: Look): string[] {
  const captures = Object.entries(capture).map(([result, name]) => `${result}=${name}`)
  const patches = Object.entries(patch).map(([name, each]) => `${name}:${kindOf(each)}`)
  return ['capture', ...captures, 'patch', ...patches]
}

/** Feeds of the inputs that hold patch values. */
export function patchFeeds({ patch = {} }: Look, values: ReadonlyMap<string, string>): Record<string, Feed> {
  return Object.fromEntries([...values].map(([name, fed]) => [fed, patch[name] as Feed]))
}
