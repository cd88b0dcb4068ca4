import type { Device } from '../../engine/index.ts'
import type { Tensors } from './batch.ts'

/** What a worker is started with. */
export interface WorkerSetup {
  /** Paths of the ONNX files; a run names one by its index. */
  models: readonly string[]
  /** Threads inside one operator. */
  threads: number
  device?: Device
}

export interface RunMessage {
  model: number
  feeds: Tensors
}

/** `ready` once, when every session is made; then one answer per run, in order. */
export type WorkerMessage =
  { ready: true } | { outputs: Tensors } | { error: { code: string; message: string; why?: string } }
