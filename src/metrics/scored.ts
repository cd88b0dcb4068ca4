import { callBinary, callMulticlass, confusionMatrix } from './classification.ts'
import { rankGroups, type RankedGroup } from './groups.ts'
import { classesOf } from './losses.ts'
import { tallyScores, type ScoreTally } from './tally.ts'

export type TaskKind = 'binary' | 'multiclass' | 'regression'

/** Targets and what a predictor said about them. */
export interface Answers {
  kind: TaskKind
  /** [rows] 0 or 1, a class index, or a number. */
  targets: ArrayLike<number>
  /** Binary: P(class 1) [rows]; multiclass: probabilities [rows, classes]; regression: values [rows]. */
  predictions: ArrayLike<number>
  /** [rows] group (user, query) of each row; with it the grouped and ranking metrics are computed too. */
  group?: ArrayLike<number>
}

/** Answers with what several metrics share, computed when first asked for. */
export class Scored {
  private tallied: ScoreTally | undefined
  private ranked: RankedGroup[] | undefined
  private confused: Float64Array | undefined

  constructor(readonly answers: Answers) {}

  get tally(): ScoreTally {
    return (this.tallied ??= tallyScores(this.answers.targets, this.answers.predictions))
  }

  get groups(): RankedGroup[] {
    const { targets, predictions, group } = this.answers
    return (this.ranked ??= rankGroups(targets, predictions, group!))
  }

  get classes(): number {
    return this.answers.kind === 'binary' ? 2 : classesOf(this.answers.targets, this.answers.predictions)
  }

  /** [rows] the class each row is called. */
  get called(): Int32Array {
    const { kind, predictions } = this.answers
    return kind === 'binary' ? callBinary(predictions) : callMulticlass(predictions, this.classes)
  }

  /** [classes, classes] true by called. */
  get confusion(): Float64Array {
    return (this.confused ??= confusionMatrix(this.answers.targets, this.called, this.classes))
  }
}
