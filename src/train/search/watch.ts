import type { EncodedTable } from '../../data/index.ts'
import { compile, float32, type Program, type State, type TensorType } from '../../engine/index.ts'
import { evaluate, type Metric } from '../../metrics/index.ts'
import { batchInputs, batchOf, Mode, type TableSpec } from '../../nn/index.ts'
import { answersOf } from '../answers.ts'
import { rowLogits } from '../row-logits.ts'
import { snapshotOf } from '../snapshot.ts'
import type { SearchModel } from './search-model.ts'

export interface SearchWatch {
  valid: EncodedTable
  metric: Metric
  /** Epochs without a better value before the search ends. */
  patience: number
}

/** Scores a search model on validation rows after each epoch, as soft as it then is, and keeps the best. */
export class Watcher implements AsyncDisposable {
  /** Weights and choice of the best epoch. */
  best?: ReadonlyMap<string, Float32Array>
  private bestValue = Number.NaN
  private stalled = 0
  private readonly program: Program

  constructor(
    private readonly watch: SearchWatch,
    model: SearchModel,
    private readonly spec: TableSpec,
    private readonly state: State,
    threads: number,
  ) {
    this.program = compile({
      inputs: { ...batchInputs(spec), temperature: float32([]) } as Record<string, TensorType>,
      state,
      threads,
      trace: leaves => ({
        outputs: { logits: model.forward(batchOf(spec, leaves), Mode.evaluation(), leaves.temperature!) },
      }),
    })
  }

  get ended(): boolean {
    return this.stalled >= this.watch.patience
  }

  /** The metric's value at a temperature. */
  async look(temperature: number, signal?: AbortSignal): Promise<number> {
    const { valid, metric } = this.watch
    const logits = (table: EncodedTable) => rowLogits(this.program, this.spec, table, { temperature }, signal)
    const [answers] = await answersOf({ spec: this.spec, logits }, valid, signal)
    const value = evaluate(answers!, [metric.name])[metric.name]!
    const better = metric.better === 'higher' ? value > this.bestValue : value < this.bestValue
    if (this.best === undefined || better) {
      this.best = snapshotOf(this.state)
      this.bestValue = value
      this.stalled = 0
    } else this.stalled++
    return value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program.close()
  }
}
