import type { MemoryRows } from '../data/table/memory/columns.ts'
import { prepareRows, type PreparedRows, type PrepareRowsOptions } from '../data/table/memory/prepare-rows.ts'
import { requireDevice, type Device } from '../engine/index.ts'
import { estimate } from '../metrics/index.ts'
import { countParameters } from '../nn/index.ts'
import { parseOptions } from '../system/options.ts'
import type { TableSystem } from '../system/system.ts'
import { answersOf } from '../train/answers.ts'
import { bundleTexts, type BundleDescription } from '../train/bundle-file.ts'
import { TableLearner } from '../train/learner.ts'
import { trainTable, type FitProgress, type TrainingResult } from '../train/loop.ts'
import { requestedSettings, type TrainingOptions } from '../train/options.ts'
import { trainingSettings, type TrainingSettings } from '../train/settings.ts'
import { version } from '../verbs/version.ts'
import { sha256, type BundleFiles } from './open-bundle.ts'
import { RowPredictor } from './row-predictor.ts'
import { systems } from './systems.ts'

export interface FitRowsOptions extends PrepareRowsOptions {
  /** One of `systems`. Default autoint. */
  system?: TableSystem
  /** Options of the system. */
  set?: Record<string, unknown>
  epochs?: number
  batch?: number
  learningRate?: number
  patience?: number
  metric?: string
  /** Training settings that the system chooses where they are left out. */
  training?: TrainingOptions
  /** Seconds. */
  timeLimit?: number
  /** Threads of all models of the page, fixed by the first. Default: half the cores, at most 4; 1 without isolation. */
  threads?: number
  device?: Device
  /** Ends the training after the step under way. */
  signal?: AbortSignal
  onProgress?: (progress: FitProgress) => void
  /** Called once the rows are read, before the first step. */
  onPrepared?: (prepared: PreparedRows, settings: TrainingSettings) => void
}

/** What was learned; holds native memory until `close`. */
export interface RowsModel extends AsyncDisposable {
  readonly system: string
  readonly prepared: PreparedRows
  readonly settings: TrainingSettings
  readonly training: TrainingResult
  readonly parameters: number
  /** With 95% intervals, on rows that were not learned from; `test` is of the test rows, which are looked at once. */
  readonly metrics: Record<'valid' | 'test', ReturnType<typeof estimate>>
  readonly predictor: RowPredictor
  /** `model.onnx` and `interplay.json`: the bundle that `interplay predict`, `interplay serve` and `openBundle` read. */
  bundle(): Promise<BundleFiles>
  close(): Promise<void>
}

/**
 * Learns from rows in memory as `interplay fit` does from a file: the same seed gives the same rows, order and noise.
 * Where `signal` stops it, it resolves with what was learned till then, `training.stopped` being `interrupted`: there is
 * no run folder to go on from.
 * @throws InterplayError `data/*`, `option/*`, `engine/device`, `train/not-finite`
 */
export async function fitRows(rows: MemoryRows, options: FitRowsOptions): Promise<RowsModel> {
  const { system = systems.autoint, signal, onProgress, device } = options
  const chosen = parseOptions(system, options.set ?? {})
  await requireDevice(device)
  const prepared = prepareRows(rows, options)
  const { spec, train } = prepared
  const settings = trainingSettings(
    train.rows,
    {
      ...requestedSettings(options, spec.targets[0]!.kind),
      seed: prepared.split.seed,
      threads: options.threads ?? usableThreads(),
      device,
    },
    system.training?.(chosen),
  )
  options.onPrepared?.(prepared, settings)
  const model = system.create!(chosen, spec)
  const learner = new TableLearner(model, spec, settings, train)
  try {
    const training = await trainTable(learner, prepared, { settings, signal, onProgress })
    return await learned(system.name, prepared, settings, training, learner)
  } catch (error) {
    await learner.close()
    throw error
  }
}

async function learned(
  system: string,
  prepared: PreparedRows,
  settings: TrainingSettings,
  training: TrainingResult,
  learner: TableLearner,
): Promise<RowsModel> {
  const test = prepared.test.rows > 0 ? prepared.test : prepared.valid
  const scores = async (table: typeof test) => estimate((await answersOf(learner, table))[0]!)
  const metrics = { valid: await scores(prepared.valid), test: await scores(test) }
  const model = learner.export({ system, interplay: version })
  const { threads, device } = settings
  const predictor = await RowPredictor.open(model, prepared.encoding, { threads, device })
  const parameters = countParameters(learner.model)
  const close = async () => {
    await Promise.all([learner.close(), predictor.close()])
  }
  return {
    system,
    prepared,
    settings,
    training,
    parameters,
    metrics,
    predictor,
    async bundle() {
      const description: BundleDescription = {
        interplay: version,
        system,
        task: 'table',
        ...prepared.encoding,
        metrics: { test: Object.fromEntries(Object.entries(metrics.test).map(([name, { value }]) => [name, value])) },
        data: { name: prepared.name, sha256: '', rows: prepared.schema.rows },
        parameters,
      }
      // A page's downloads have no folders, so that no list goes to a file of its own.
      const { texts } = bundleTexts(await sha256(model), description, Infinity)
      return { 'model.onnx': model, ...texts }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** ONNX Runtime's own choice of threads; they need a page that is isolated from other origins. */
function usableThreads(): number {
  const { crossOriginIsolated, navigator } = globalThis
  return crossOriginIsolated ? Math.min(4, Math.ceil(navigator.hardwareConcurrency / 2)) : 1
}
