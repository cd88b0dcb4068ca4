import { ticksOfAnswer, type NetSize } from './net.ts'
import type { HftOptions } from './options.ts'
import type { Selector } from './selector.ts'
import type { ReadyTicks } from './ticks.ts'

/** What the network is taught on: scaled ticks, the mask that was in force at each, and labels. */
export interface Lesson {
  /** [ticks, features] */
  scaled: Float32Array
  /** [masks, features], and which of them each tick had. */
  masks: Float32Array
  maskOf: Int32Array
  labels: Int32Array
  /** Ticks whose windows are learned from, and watched. */
  train: Int32Array
  valid: Int32Array
}

export interface LessonOptions {
  /** The first tick that is not learned from, and the first that is not watched. */
  ends: readonly [number, number]
  size: NetSize
  options: HftOptions
  /** The features to listen to at a tick, from one who knows the truth, in place of the selector's choice. */
  told?: (tick: number) => readonly number[]
}

/** Lets the selector live through training and validation, labels as late as they become known, and notes what it chose. */
export function lessonOf(
  { values, starts }: ReadyTicks,
  labels: Int32Array,
  selector: Selector,
  { ends: [trained, watched], size, options: { horizon, selection }, told }: LessonOptions,
): Lesson {
  const { features } = size
  const scaled = new Float32Array(watched * features)
  const maskOf = new Int32Array(watched)
  const masks: number[] = []
  const row = new Float32Array(features)
  let last = ''
  for (let t = 0; t < watched; t++) {
    const known = t >= horizon ? labels[t - horizon]! : -1
    if (known >= 0) selector.learn(scaled, known, (t - horizon) * features)
    if (selection === 'once' && t === trained - 1) selector.choose({ outright: true })
    if (selection === 'live' && t === Math.min(trained - 1, 2 * horizon + 200)) selector.choose({ outright: true })
    if (told) selector.listenTo(told(t))
    selector.see(values, t * features, row)
    scaled.set(row, t * features)
    const now = selector.chosen.join()
    if (now !== last) masks.push(...selector.mask)
    last = now
    maskOf[t] = masks.length / features - 1
  }
  if (selection === 'once') maskOf.fill(masks.length / features - 1)
  const ticks = ticksOfAnswer(size)
  const between = (from: number, to: number) => wholeWindows({ starts, labels, ticks }, from, to)
  return {
    scaled,
    masks: Float32Array.from(masks),
    maskOf,
    labels,
    train: between(0, trained - horizon),
    valid: between(trained, watched - horizon),
  }
}

/** The ticks of a range that end a window without a pause, and whose class is known. */
export const wholeWindows = (
  { starts, labels, ticks }: { starts: Int32Array; labels: Int32Array; ticks: number },
  from: number,
  to: number,
): Int32Array =>
  Int32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).filter(
    t => t - starts[t]! >= ticks - 1 && labels[t]! >= 0,
  )
