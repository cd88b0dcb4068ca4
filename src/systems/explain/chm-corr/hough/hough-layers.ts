import { concat, constant, Parameter, type Initializer, type Tensor } from '../../../../engine/index.ts'
import { convolve4d, initializers, Module } from '../../../../nn/index.ts'
import { displacementClasses, scaleClasses } from './displacements.ts'

const extent = 5
const { classOf, sizes } = displacementClasses(extent)
/** Scales of either image. */
export const scaleCount = 3

/** Weights are stored times the number of entries that share them, positive at first. */
const shared =
  (times: (at: number) => number): Initializer =>
  (values, _shape, random) => {
    for (let at = 0; at < values.length; at++) values[at] = Math.abs(random.normal()) * 1e-3 * times(at)
  }

/** Kernels [rows, 5^4] of weights [rows, classes]. */
function kernelsOf(weight: Tensor): Tensor {
  const each = weight.div(constant(Array.from(sizes), [sizes.length]))
  return each.gather(constant(classOf, [classOf.length]), 1)
}

/** Votes of displacements that are alike, [B, 1, rows, columns, rows, columns] to the same. */
export class PositionHough extends Module {
  readonly weight = new Parameter(
    [1, sizes.length],
    shared(at => sizes[at]!),
  )
  readonly bias = new Parameter([1], initializers.zeros)

  forward(correlation: Tensor): Tensor {
    const kernel = kernelsOf(this.weight).reshape([1, 1, extent, extent, extent, extent])
    return convolve4d(correlation, kernel).add(this.bias)
  }
}

/**
 * Votes of displacements and of changes of scale that are alike: [B, 9, rows, columns, rows, columns], a channel a pair of
 * scales, to the same; over scales a convolution of 3 x 3 with zeros around.
 */
export class ScaleHough extends Module {
  readonly weight = new Parameter(
    [scaleClasses.sizes.length, sizes.length],
    shared(at => sizes[at % sizes.length]! * scaleClasses.sizes[Math.floor(at / sizes.length)]!),
  )
  readonly bias = new Parameter([1], initializers.zeros)

  forward(correlations: Tensor): Tensor {
    const kernels = kernelsOf(this.weight).div(constant(Array.from(scaleClasses.sizes), [scaleClasses.sizes.length, 1]))
    const none = constant(new Array<number>(classOf.length).fill(0), [1, classOf.length])
    const pairs = scaleCount ** 2
    const kernel = concat([kernels, none], 0)
      .gather(constant(kernelsBetweenPairs(), [pairs * pairs]), 0)
      .reshape([pairs, pairs, extent, extent, extent, extent])
    return convolve4d(correlations, kernel).add(this.bias)
  }
}

/** The kernel from every pair of scales to every pair: a class of scale steps, or the one of zeros after them. */
function kernelsBetweenPairs(): Int32Array {
  const pairs = Array.from({ length: scaleCount ** 2 }, (_, at) => [Math.floor(at / scaleCount), at % scaleCount])
  return Int32Array.from(
    pairs.flatMap(([to, toOther]) =>
      pairs.map(([from, fromOther]) => {
        const [step, otherStep] = [from! - to! + 1, fromOther! - toOther! + 1]
        const near = step >= 0 && step <= 2 && otherStep >= 0 && otherStep <= 2
        return near ? scaleClasses.classOf[step * 3 + otherStep]! : scaleClasses.sizes.length
      }),
    ),
  )
}
