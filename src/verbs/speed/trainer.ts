import type { Device, Plan, Program } from '../../engine/index.ts'

export interface TrainerSetup {
  /** Rows, images or sequences a step. */
  batch: number
  threads: number
  device?: Device
  seed: number
}

/** Seconds until a training program can run. */
export interface CompileTime {
  /** Tracing, gradient and the ONNX file. */
  trace: number
  /** The runtime's session. */
  session: number
}

/** A model in training, a whole step at a time. */
export interface Trainer {
  readonly plan: Plan
  readonly compileSeconds: CompileTime
  /** The graph of the next step and what the runtime is given for it. */
  execution(): ReturnType<Program['execution']>
  /** Trains on so many drawn batches more; returns the mean of their losses. */
  train(steps: number): Promise<number>
  close(): Promise<void>
}

/** Times making a program, then its session. */
export async function timed<T extends { prepare(): Promise<void> }>(make: () => T): Promise<[T, CompileTime]> {
  const started = performance.now()
  const program = make()
  const traced = performance.now()
  await program.prepare()
  return [program, { trace: (traced - started) / 1000, session: (performance.now() - traced) / 1000 }]
}
