import type { HostTensor } from '../dtype.ts'

/** What executes ONNX graphs: ONNX Runtime, native on Node or as WebAssembly and WebGPU in a browser. */
export interface Runtime {
  readonly name: 'node' | 'web'
  /**
   * @throws InterplayError `engine/device` when the device has no provider here, `engine/graph` when ONNX Runtime refuses
   *   the graph.
   */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>
}

/** The runtime of this place, which knows its devices. */
export interface PlatformRuntime extends Runtime {
  /** @throws InterplayError `engine/device` when the device has no provider here */
  requireDevice(device: Device): Promise<void>
}

export type Device = 'cpu' | 'cuda' | 'webgpu'

export interface SessionOptions {
  /** Threads inside one operator; the runtime's choice (all physical cores) when absent. */
  threads?: number
  /** Let idle threads spin between operators: faster for the one training session of a process, a stolen core elsewhere. */
  spin?: boolean
  /** Graph rewriting by ONNX Runtime. `basic` (the default) suits training and float64, `all` inference. */
  optimization?: 'disabled' | 'basic' | 'all'
  device?: Device
  /** Contents of the files that initialisers with external data name. */
  externalData?: readonly { path: string; data: Uint8Array }[]
}

export interface Session extends AsyncDisposable {
  readonly inputNames: readonly string[]
  /** Without the marker of quiet runs. */
  readonly outputNames: readonly string[]
  /**
   * Runs the graph once. An output fetched as a `HostTensor` is written into that tensor's buffer, which is returned; one
   * fetched as `null` comes in a new buffer. A buffer must not be fed and fetched in one run.
   *
   * @throws InterplayError `engine/run` with ONNX Runtime's reason, `engine/closed` after `close`.
   */
  run(feeds: Feeds, fetches: Fetches): Promise<Record<string, HostTensor>>
  /** Waits for the run under way and frees the native memory. Closing twice is allowed. */
  close(): Promise<void>
}

export type Feeds = Readonly<Record<string, HostTensor>>
export type Fetches = Readonly<Record<string, HostTensor | null>>
