import type { InferenceSession, Tensor } from 'onnxruntime-web'
import { InterplayError, isInterplayError, suggest } from '../../errors/index.ts'
import type { HostTensor } from '../dtype.ts'
import { quietOutput } from './quiet.ts'
import type { Feeds, Fetches, Session } from './runtime.ts'
import { hostTensor, type TensorPool } from './tensors.ts'

/** Runs a graph on ONNX Runtime's tensors; those fetched as tensors are filled in place. */
export type Execute = (
  feeds: Record<string, Tensor>,
  fetches: Record<string, Tensor | null>,
) => Promise<Readonly<Record<string, Tensor>>>

/** A `Session` over ONNX Runtime's own, which native and web share. */
export class RuntimeSession implements Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  private readonly running = new Set<Promise<unknown>>()
  private closing?: Promise<void>

  constructor(
    private readonly session: InferenceSession,
    private readonly pool: TensorPool,
    private readonly execute: Execute,
  ) {
    this.inputNames = session.inputNames
    this.outputNames = session.outputNames.filter(name => name !== quietOutput)
  }

  async run(feeds: Feeds, fetches: Fetches): Promise<Record<string, HostTensor>> {
    if (this.closing) throw new InterplayError('engine/closed', 'the session is closed')
    const execution = this.start(feeds, fetches)
    this.running.add(execution)
    try {
      return await execution
    } catch (error) {
      if (isInterplayError(error)) throw error
      throw new InterplayError('engine/run', 'ONNX Runtime stopped at this run', { why: reasonOf(error), cause: error })
    } finally {
      this.running.delete(execution)
    }
  }

  private async start(feeds: Feeds, fetches: Fetches): Promise<Record<string, HostTensor>> {
    const inputs: Record<string, Tensor> = {}
    for (const name of this.inputNames) inputs[name] = this.pool.over(feeds[name] ?? missing(name, 'feeds'))
    const targets: Record<string, Tensor | null> = {}
    for (const name in fetches) {
      if (!this.outputNames.includes(name)) throw this.unknown(name)
      const buffer = fetches[name]
      targets[name] = buffer ? this.pool.over(buffer) : null
    }
    const tensors = await this.execute(inputs, targets)
    const results: Record<string, HostTensor> = {}
    for (const name in fetches) results[name] = fetches[name] ?? hostTensor(name, tensors[name]!)
    return results
  }

  close(): Promise<void> {
    this.closing ??= Promise.allSettled(this.running).then(() => this.session.release())
    return this.closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  private unknown(name: string): InterplayError {
    const near = suggest(name, this.outputNames)
    return new InterplayError('engine/run', `the graph has no output '${name}'`, {
      why: near.length > 0 ? `nearest: ${near.join(', ')}` : `its outputs: ${this.outputNames.join(', ')}`,
    })
  }
}

function missing(name: string, where: string): never {
  throw new InterplayError('engine/run', `input '${name}' is missing in the ${where}`)
}

/** ONNX Runtime's message without the path of its source file. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\/onnxruntime_src\/\S+ /g, '').trim()
