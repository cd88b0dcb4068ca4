import { InterplayError } from '../errors/index.ts'
import { ask } from './answer.ts'
import type { Columns, Cost, Predictor } from './predictor.ts'

export interface CheckOptions {
  /** Seconds one request may take; unlimited by default. */
  timeout?: number
  /** Rows of one request; the predictor's own wish by default, else 8,192. */
  batch?: number
}

const probeRows = 32
const tolerance = 1e-5

/**
 * A predictor as the lenses use it: large requests are cut into batches, every answer is checked, the cost is counted,
 * and some rows of the first request are asked again alone, so that a predictor whose answer depends on chance or on
 * the rows beside it is found before its noise is taken for an effect.
 */
export class CheckedPredictor implements Predictor {
  readonly name
  readonly fields
  readonly output
  readonly batch: number
  readonly cost: Cost = { calls: 0, predictions: 0, seconds: 0 }
  private probed: boolean

  constructor(
    private readonly inner: Predictor,
    private readonly options: CheckOptions = {},
  ) {
    this.name = inner.name
    this.fields = inner.fields
    this.output = inner.output
    this.batch = options.batch ?? inner.batch ?? 8192
    this.probed = inner.deterministic === false
  }

  get deterministic(): boolean {
    return this.inner.deterministic !== false
  }

  /** @throws InterplayError `shape/mismatch`, `predictor/answer` */
  async predict(columns: Columns, signal?: AbortSignal): Promise<Float64Array> {
    const rows = this.rowsOf(columns)
    const outputs = this.output.names.length
    const result = new Float64Array(rows * outputs)
    for (let start = 0; start < rows; start += this.batch) {
      const end = Math.min(rows, start + this.batch)
      const part = end - start === rows ? columns : columns.map(column => column.subarray(start, end))
      result.set(await this.request(part, end - start, signal), start * outputs)
    }
    if (!this.probed && rows > 0) {
      this.probed = true
      await this.probe(columns, result, signal)
    }
    return result
  }

  private rowsOf(columns: Columns): number {
    const rows = columns[0]?.length ?? 0
    if (columns.length !== this.fields.length)
      throw new InterplayError(
        'shape/mismatch',
        `${this.name} takes ${this.fields.length} fields, got ${columns.length}`,
      )
    const uneven = columns.findIndex(column => column.length !== rows)
    if (uneven > 0) {
      const [first, other] = [this.fields[0]!.name, this.fields[uneven]!.name]
      const message = `'${other}' has ${columns[uneven]!.length} rows, '${first}' has ${rows}`
      throw new InterplayError('shape/mismatch', message)
    }
    return rows
  }

  private async request(columns: Columns, rows: number, signal?: AbortSignal): Promise<Float64Array> {
    const began = performance.now()
    try {
      const { timeout } = this.options
      const shape = { name: this.name, rows, outputs: this.output.names.length, signal, timeout }
      return await ask(inside => this.inner.predict(columns, inside), shape)
    } finally {
      this.cost.calls++
      this.cost.predictions += rows
      this.cost.seconds += (performance.now() - began) / 1000
    }
  }

  private async probe(columns: Columns, answers: Float64Array, signal?: AbortSignal): Promise<void> {
    const rows = Math.min(probeRows, columns[0]!.length)
    const again = await this.request(
      columns.map(column => column.slice(0, rows)),
      rows,
      signal,
    )
    for (let k = 0; k < again.length; k++) {
      const [before, after] = [answers[k]!, again[k]!]
      if (Math.abs(after - before) <= tolerance * (1 + Math.abs(before))) continue
      const row = Math.floor(k / this.output.names.length) + 1
      throw new InterplayError('predictor/answer', 'the predictor is not deterministic', {
        where: this.name,
        why: `row ${row} was answered ${before}, then ${after} when asked again`,
        try: 'declare it with deterministic: false to average over its noise',
      })
    }
  }
}
