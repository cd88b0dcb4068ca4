import { boxOf, checkRegion, maskOf, type Polygon } from '../../../data/index.ts'
import { InterplayError, suggest } from '../../../errors/index.ts'
import { reduced } from '../../../lenses/index.ts'

/** One image as the model sees it, and the linear head: all that a person's feedback works on. */
export interface Case {
  /** Cosines [P, rows, columns] of every prototype and place. */
  maps: Float32Array
  grid: readonly [rows: number, columns: number]
  /** Pixels of the image. */
  size: readonly [height: number, width: number]
  /** The concept of each prototype. */
  owners: readonly number[]
  concepts: readonly string[]
  classes: readonly string[]
  /** [classes, P]. */
  weight: Float32Array
  bias: Float32Array
  /** What a score is, on the mean, where its concept is absent. */
  neutral: ArrayLike<number>
  /** Weight of places that do not count. */
  alpha: number
  rejectBy: 'neutral' | 'zero'
}

export type Feedback =
  | { kind: 'look' | 'look away'; box: readonly [left: number, top: number, width: number, height: number] }
  | { kind: 'reject'; concept: string }

/** Share of a place that a box must cover for the place to belong to it. */
const coverage = 0.25
/** Feedback is asked for where the two likeliest classes are nearer than this. */
const unsure = 0.3

/**
 * A person with the model's evidence about one image. Each piece of feedback gives a new state and leaves this one as it is,
 * so that a page can keep them and go back.
 */
export class Consultation {
  private constructor(
    private readonly given: Case,
    readonly feedback: readonly Feedback[],
  ) {}

  static of(given: Case): Consultation {
    return new Consultation(given, [])
  }

  /** @throws InterplayError `data/region` for a box without area, outside of the image or smaller than a place; `option/invalid` for an unknown concept */
  with(feedback: Feedback): Consultation {
    if (feedback.kind === 'reject') this.conceptNamed(feedback.concept)
    else this.cells(feedback.box)
    return new Consultation(this.given, [...this.feedback, feedback])
  }

  undo(): Consultation {
    return new Consultation(this.given, this.feedback.slice(0, -1))
  }

  reset(): Consultation {
    return Consultation.of(this.given)
  }

  /** A [rows, columns]: 1 where a place counts, alpha where it does not. Boxes to look away from win. */
  get importance(): Float32Array {
    const { grid, alpha } = this.given
    const covered = (kind: 'look' | 'look away') =>
      this.feedback.flatMap(each => (each.kind === kind ? [this.cells(each.box)] : []))
    const [looked, left] = [covered('look'), covered('look away')]
    return Float32Array.from({ length: grid[0] * grid[1] }, (_, at) => {
      if (left.some(cells => cells[at])) return alpha
      return looked.length === 0 || looked.some(cells => cells[at]) ? 1 : alpha
    })
  }

  /** The cosines of a prototype with every place, as they count. */
  weighted(prototype: number, importance = this.importance): Float32Array {
    const places = importance.length
    const own = this.given.maps.subarray(prototype * places, (prototype + 1) * places)
    return own.map((value, at) => (importance[at] === 1 ? value : importance[at]! * (value + 1) - 1))
  }

  /**
   * The best match of each prototype. Cosines may be below zero, where a factor would raise them: it is (s + 1) / 2 that is
   * weighed, so that places which count less never match better.
   */
  get scores(): Float64Array {
    const { owners, neutral, rejectBy } = this.given
    const importance = this.importance
    const rejected = this.rejected()
    return Float64Array.from(owners, (owner, p) => {
      if (rejected.has(owner)) return rejectBy === 'zero' ? 0 : neutral[p]!
      return Math.max(...this.weighted(p, importance))
    })
  }

  /** What each prototype adds to the logit of a class, whose sum with the class's bias is the logit. */
  contributions(label: number): Float64Array {
    const { weight, owners } = this.given
    return this.scores.map((score, p) => weight[label * owners.length + p]! * score)
  }

  get logits(): Float64Array {
    return Float64Array.from(this.given.classes, (_, label) =>
      this.contributions(label).reduce((sum, part) => sum + part, this.given.bias[label]!),
    )
  }

  get probabilities(): Float64Array {
    const logits = this.logits
    const largest = Math.max(...logits)
    const parts = logits.map(logit => Math.exp(logit - largest))
    const total = parts.reduce((sum, part) => sum + part, 0)
    return parts.map(part => part / total)
  }

  /** Whether a person's view is asked for. */
  get asks(): boolean {
    const [first, second] = this.probabilities.toSorted().reverse()
    return first! - second! < unsure
  }

  private rejected(): Set<number> {
    return new Set(this.feedback.flatMap(each => (each.kind === 'reject' ? [this.conceptNamed(each.concept)] : [])))
  }

  private conceptNamed(name: string): number {
    const { concepts } = this.given
    const at = concepts.indexOf(name)
    if (at >= 0) return at
    const near = suggest(name, [...concepts])
    throw new InterplayError('option/invalid', `there is no concept '${name}'`, {
      why: near.length > 0 ? `nearest: ${near.join(', ')}` : `concepts: ${concepts.join(', ')}`,
    })
  }

  private cells(box: readonly [number, number, number, number]): Uint8Array {
    const [left, top, width, height] = box
    const where = `box ${box.join(', ')}`
    if (!(width > 0 && height > 0)) throw new InterplayError('data/region', `${where} has no area`)
    return cellsOf(boxOf(left, top, width, height), this.given, where)
  }
}

/** Places of which a region covers a quarter or more, [rows, columns]. */
export function cellsOf(polygon: Polygon, { size, grid }: Pick<Case, 'size' | 'grid'>, of: string): Uint8Array {
  checkRegion(polygon, ...size, of)
  const shares = reduced(maskOf(polygon, ...size), size, grid)
  const cells = Uint8Array.from(shares, share => Number(share >= coverage))
  if (cells.some(Boolean)) return cells
  const [height, width] = [size[0] / grid[0], size[1] / grid[1]]
  throw new InterplayError('data/region', `${of} covers less than a quarter of any place`, {
    why: `the model looks at places of ${height} x ${width} pixels`,
  })
}
