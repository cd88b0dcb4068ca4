import { runtime } from '#runtime'
import type { Encoding } from '../data/table/encoding.ts'
import type { Device } from '../engine/index.ts'
import type { Session } from '../engine/runtime/runtime.ts'
import { decode, type Prediction } from '../server/inference/decode.ts'
import type { ServedField, ServedOutput } from '../server/inference/model.ts'
import { encodedRows, servedFields } from '../server/inference/table-rows.ts'

export interface RowPredictorOptions {
  threads?: number
  device?: Device
}

/** Answers raw rows by an exported graph and the encoding beside it; holds native memory until `close`. */
export class RowPredictor implements AsyncDisposable {
  readonly fields: readonly ServedField[]
  readonly outputs: readonly ServedOutput[]
  private readonly fetches: Record<string, null>

  private constructor(
    private readonly encoding: Encoding,
    private readonly session: Session,
  ) {
    this.fields = servedFields(encoding)
    this.outputs = encoding.outputs.map(({ name, kind, classes }) => ({ name, kind, ...(classes && { classes }) }))
    this.fetches = Object.fromEntries(this.outputs.map(({ name }) => [name, null]))
  }

  /** @throws InterplayError `engine/device`, `engine/graph` */
  static async open(
    model: Uint8Array,
    encoding: Encoding,
    { threads, device }: RowPredictorOptions = {},
  ): Promise<RowPredictor> {
    const session = await runtime.createSession(model, { threads, device, optimization: 'all' })
    return new RowPredictor(encoding, session)
  }

  /**
   * One answer a row.
   * @throws InterplayError `request/invalid` that names every faulty row and field
   */
  async predict(rows: readonly Readonly<Record<string, unknown>>[]): Promise<Prediction[]> {
    if (rows.length === 0) return []
    const { feeds } = encodedRows(this.encoding, rows)
    return decode(this.outputs, await this.session.run(feeds, this.fetches), rows.length)
  }

  close(): Promise<void> {
    return this.session.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
