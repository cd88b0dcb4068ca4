import { InterplayError, suggest } from '../errors/index.ts'
import {
  compile,
  exportOnnx,
  float32,
  State,
  type Feed,
  type Parameter,
  type Plan,
  type Program,
  type Tensor,
  type TensorType,
} from '../engine/index.ts'
import type { EncodedTable } from '../data/table/encoded.ts'
import {
  Adagrad,
  Adam,
  batchInputs,
  batchOf,
  Ftrl,
  Mode,
  movesByRow,
  Sgd,
  trainable,
  type Optimizer,
  type ParameterGroup,
  type TableModel,
  type TableSpec,
} from '../nn/index.ts'
import { answerOf, balancedWeights, objective, outputOf, outputRanges } from './objective.ts'
import type { TrainingSettings } from './settings.ts'
import { rowLogits } from './row-logits.ts'
import { restore, snapshotOf } from './snapshot.ts'

const optimizers = {
  adam: (groups: readonly ParameterGroup[]) => new Adam(groups),
  adagrad: (groups: readonly ParameterGroup[]) => new Adagrad(groups),
  sgd: (groups: readonly ParameterGroup[]) => new Sgd(groups),
  ftrl: (groups: readonly ParameterGroup[]) => new Ftrl(groups),
}

/** A table model with its state, and the two programs that share it: one trains, one answers. */
export class TableLearner {
  readonly state: State
  private readonly training: Program
  private readonly evaluation: Program

  constructor(
    readonly model: TableModel,
    readonly spec: TableSpec,
    settings: TrainingSettings,
    train?: EncodedTable,
  ) {
    const optimizer = makeOptimizer(model, settings)
    this.state = new State({ model, optimizer }, settings.seed)
    const inputs = batchInputs(spec)
    const weights = classWeightsOf(spec, settings, train)
    const targets = spec.targets.map(target => `target.${target.name}`)
    const { threads, device } = settings
    this.training = compile({
      inputs: {
        ...inputs,
        ...Object.fromEntries(targets.map(name => [name, float32(['batch'])])),
        rate: float32([]),
      } as Record<string, TensorType>,
      state: this.state,
      threads,
      device,
      spin: true,
      trace: leaves => {
        const mode = Mode.training()
        const outputs = model.forward(batchOf(spec, leaves), mode)
        const loss = objective(
          outputs,
          spec.targets,
          targets.map(name => leaves[name]!),
          weights,
        )
        const clipNorm = settings.clipNorm > 0 ? settings.clipNorm : undefined
        const updates = optimizer.step(mode.objective(loss), {
          learningRate: leaves.rate!,
          clipNorm,
          clipValue: settings.clipValue,
        })
        return { outputs: { loss }, updates: [...updates, ...mode.updates] }
      },
    })
    this.evaluation = compile({
      inputs,
      state: this.state,
      threads,
      device,
      trace: leaves => ({ outputs: { logits: model.forward(batchOf(spec, leaves), Mode.evaluation()) } }),
    })
  }

  /** One step on a batch; returns its mean loss, penalties left out. */
  async step(feeds: Readonly<Record<string, Feed>>, learningRate: number): Promise<number> {
    const { loss } = await this.training.run({ ...feeds, rate: learningRate })
    const value = Number(loss!.data[0])
    if (Number.isFinite(value)) return value
    throw new InterplayError('train/not-finite', `loss became ${value} at step ${this.state.step}`, {
      try: `--learning-rate ${learningRate / 10}`,
    })
  }

  /** The graph of a training step and what the runtime is given for it. */
  execution(feeds: Readonly<Record<string, Feed>>, learningRate: number) {
    return this.training.execution({ ...feeds, rate: learningRate })
  }

  /** Makes the training program's session, which the first step would. */
  prepare(): Promise<void> {
    return this.training.prepare()
  }

  /** What a training step on this many rows will take. */
  plan(rows: number): Plan {
    return this.training.plan({ batch: rows })
  }

  /** Logits of every row, [rows, output width]. */
  logits(table: EncodedTable, signal?: AbortSignal): Promise<Float32Array> {
    return rowLogits(this.evaluation, this.spec, table, {}, signal)
  }

  /** The inference graph with the current weights: raw feeds in, one output a target and the logits out. */
  export(metadata: Record<string, string> = {}): Uint8Array {
    return exportTable(this.model, this.spec, this.state, metadata)
  }

  /** A copy of parameters and buffers, optimizer state left out. */
  snapshot(): Map<string, Float32Array> {
    return snapshotOf(this.state)
  }

  restore(values: ReadonlyMap<string, Float32Array>): void {
    restore(this.state, values)
  }

  async close(): Promise<void> {
    await Promise.all([this.training.close(), this.evaluation.close()])
  }
}

/** The inference graph of a table model with the values of a state: raw feeds in, one output a target and the logits out. */
export function exportTable(
  model: TableModel,
  spec: TableSpec,
  state: State,
  metadata: Record<string, string> = {},
): Uint8Array {
  return exportOnnx({
    name: 'interplay',
    inputs: batchInputs(spec),
    state,
    metadata,
    trace: leaves => {
      const logits = model.forward(batchOf(spec, leaves), Mode.evaluation())
      const answers = outputRanges(spec.targets).map((range): [string, Tensor] => [
        range.target.name,
        answerOf(outputOf(logits, range), range.target),
      ])
      return { ...Object.fromEntries(answers), logits }
    },
  })
}

function makeOptimizer(model: TableModel, settings: TrainingSettings): Optimizer {
  return optimizers[settings.optimizer](groupsOf(model, settings).filter(each => each.parameters.length > 0))
}

function groupsOf(model: TableModel, settings: TrainingSettings): ParameterGroup[] {
  const parameters = trainable(model)
  const group = (name: 'embedding' | 'network', l2: number): ParameterGroup => ({
    name,
    parameters: parameters.filter(parameter => parameter.role === name),
    l2,
    largeTable: settings.largeTable,
  })
  return [group('embedding', settings.embeddingRegularization), group('network', settings.networkRegularization)]
}

/** The tables of which a step moves only the touched rows. */
export const tablesByRow = (model: TableModel, settings: TrainingSettings): Parameter[] =>
  groupsOf(model, settings).flatMap(group => group.parameters.filter(parameter => movesByRow(parameter, group)))

function classWeightsOf(
  spec: TableSpec,
  { classWeights }: TrainingSettings,
  train?: EncodedTable,
): (readonly number[] | undefined)[] {
  checkClasses(spec, classWeights)
  return spec.targets.map((target, i) => {
    if (classWeights === 'none' || target.kind === 'regression') return undefined
    if (classWeights === 'balanced') return train && balancedWeights(target, train.targets[i]!)
    return target.classes.map(name => (Object.hasOwn(classWeights, name) ? classWeights[name]! : 1))
  })
}

/** Throws `option/unknown` for weights of classes that no target has. */
function checkClasses(spec: TableSpec, classWeights: TrainingSettings['classWeights']): void {
  if (typeof classWeights === 'string') return
  const classes = spec.targets.flatMap(target => (target.kind === 'regression' ? [] : [...target.classes]))
  for (const name of Object.keys(classWeights)) {
    if (classes.includes(name)) continue
    const [nearest] = suggest(name, classes)
    throw new InterplayError('option/unknown', `no class '${name}' to weigh`, {
      where: `--set training.classWeights.${name}`,
      why: classes.length > 0 ? `classes: ${classes.slice(0, 10).join(', ')}` : 'the target is a number',
      try: nearest && `--set training.classWeights.${nearest}=...`,
    })
  }
}
