import {
  compile,
  float32,
  State,
  type Device,
  type Feed,
  type HostTensor,
  type Plan,
  type Program,
  type Tensor,
  type TensorType,
} from '../engine/index.ts'
import { InterplayError } from '../errors/index.ts'
import { Mode, type Module, type Optimizer } from '../nn/index.ts'

export type NetworkInputs = Readonly<Record<string, TensorType>>
export type NetworkFeeds = Readonly<Record<string, Feed>>

/** A network and what is wanted of it. */
export interface NetworkDefinition {
  /** Its parameters are named `model.<path>`. */
  model: Module
  /** What an answer needs. */
  inputs: NetworkInputs
  /** What only the loss needs. */
  targets: NetworkInputs
  answer(inputs: Record<string, Tensor>, mode: Mode): Record<string, Tensor>
  /** Scalar; the answers are those of a training pass. */
  loss(answers: Record<string, Tensor>, targets: Record<string, Tensor>): Tensor
}

export interface NetworkTraining {
  optimizer: Optimizer
  /** Of the first weights and of all randomness. */
  seed: number
  threads: number
  device?: Device
  clipNorm?: number
  /** Steps of a pass that share a run; as the device needs it if left out. */
  together?: number
}

/** How batches are learned from, one step each. */
export interface PassOptions<Batch> {
  feeds(batch: Batch): NetworkFeeds
  /** Of every step, or by its number among all steps. */
  rate: number | ((step: number) => number)
  signal?: AbortSignal
}

/**
 * Steps of a pass that share a run: on CUDA so many that what crosses the bus once for all of them, weights and moments,
 * hardly counts. WebGPU has no kernel for the loop.
 */
export const stepsOfRun = (device: Device = 'cpu'): number => (device === 'cuda' ? 16 : 1)

/** Answers alone: a trained or a loaded network. */
export class NetworkPredictor {
  private readonly program: Program

  constructor(
    { inputs, answer }: Pick<NetworkDefinition, 'inputs' | 'answer'>,
    state: State,
    threads: number,
    device?: Device,
  ) {
    this.program = compile({
      inputs: { ...inputs },
      state,
      threads,
      device,
      trace: leaves => ({ outputs: answer(leaves, Mode.evaluation()) }),
    })
  }

  answer(feeds: NetworkFeeds): Promise<Record<string, HostTensor>> {
    return this.program.run(feeds)
  }

  close(): Promise<void> {
    return this.program.close()
  }
}

/** A network with its state, and the two programs that share it: one trains, one answers. */
export class NetworkLearner extends NetworkPredictor {
  private readonly training: Program
  readonly state: State
  private readonly together: number

  constructor(
    definition: NetworkDefinition,
    { optimizer, seed, threads, device, clipNorm, together = stepsOfRun(device) }: NetworkTraining,
  ) {
    const { model, inputs, targets, answer, loss } = definition
    const state = new State({ model, optimizer }, seed)
    super(definition, state, threads, device)
    this.state = state
    this.together = together
    this.training = compile({
      inputs: { ...inputs, ...targets, rate: float32([]) } as Record<string, TensorType>,
      state,
      threads,
      device,
      spin: true,
      trace: leaves => {
        const mode = Mode.training()
        const value = loss(answer(leaves, mode), leaves)
        const updates = optimizer.step(mode.objective(value), { learningRate: leaves.rate!, clipNorm })
        return { outputs: { loss: value }, updates: [...updates, ...mode.updates] }
      },
    })
  }

  /** One step on a batch; returns its loss. Throws `train/not-finite`. */
  async step(feeds: NetworkFeeds, learningRate: number): Promise<number> {
    const { loss } = await this.training.run({ ...feeds, rate: learningRate })
    return this.finite(loss!, learningRate, this.state.step)
  }

  /**
   * A step on each batch; returns the mean loss of an item, of which a batch has `length`. On CUDA several steps share a run,
   * so that the weights stay on the card between them. Throws `train/not-finite` and the signal's reason.
   */
  async pass<Batch extends { readonly length: number }>(
    batches: Iterable<Batch>,
    { feeds, rate, signal }: PassOptions<Batch>,
  ): Promise<number> {
    const rateAt = typeof rate === 'number' ? () => rate : rate
    let [total, count] = [0, 0]
    for (const group of groupsOf(batches, this.together)) {
      signal?.throwIfAborted()
      const { step } = this.state
      const rates = group.map((_, i) => rateAt(step + i))
      const answers = await this.run(group.map((batch, i) => ({ ...feeds(batch), rate: rates[i]! })))
      for (const [i, { length }] of group.entries()) {
        total += length * this.finite(answers[i]!.loss!, rates[i]!, step + i + 1)
        count += length
      }
    }
    return total / count
  }

  private async run(feeds: readonly NetworkFeeds[]): Promise<Record<string, HostTensor>[]> {
    return feeds.length === 1 ? [await this.training.run(feeds[0]!)] : this.training.runSteps(feeds)
  }

  private finite({ data }: HostTensor, learningRate: number, step: number): number {
    const value = Number(data[0])
    if (Number.isFinite(value)) return value
    throw new InterplayError('train/not-finite', `loss became ${value} at step ${step}`, {
      try: `--set learningRate=${learningRate / 10}`,
    })
  }

  /** The graph of a training step and what the runtime is given for it. */
  execution(feeds: NetworkFeeds, learningRate: number) {
    return this.training.execution({ ...feeds, rate: learningRate })
  }

  /** Makes the training program's session, which the first step would. */
  prepare(): Promise<void> {
    return this.training.prepare()
  }

  /** What a training step will take, with the symbols of the inputs at these numbers. */
  plan(extents: Readonly<Record<string, number>>): Plan {
    return this.training.plan(extents)
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.training.close()])
  }
}

/** Items in groups of `size`, in order; the last may be smaller. */
function* groupsOf<T>(items: Iterable<T>, size: number): Iterable<T[]> {
  let group: T[] = []
  for (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
