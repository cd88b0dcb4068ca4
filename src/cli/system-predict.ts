import { availableParallelism } from 'node:os'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Device } from '../engine/index.ts'
import type { AnySystem } from '../system/index.ts'
import type { Call, Outcome } from './command.ts'
import type { GlobalOptions } from './flags/global.ts'
import type { Settings } from './flags/settings.ts'
import { readRoles } from './inputs.ts'
import { refuseDevice } from './refuse-device.ts'

interface PredictCall extends Pick<Call, 'signal' | 'terminal'> {
  predictor: string
  inputs: string[]
  options: GlobalOptions & { set?: Settings; with?: string[]; top?: number; device?: Device }
}

/** `predict` of a run whose system has a fit of its own, or of a world that a system plays. */
export async function predictItself(kind: 'run' | AnySystem, call: PredictCall): Promise<Outcome> {
  const { predictor, inputs, options, signal, terminal } = call
  const [verb, { systemNamed }, { renderPredict }, { progressLine }] = await Promise.all([
    import('../verbs/predict-system.ts'),
    import('../systems/index.ts'),
    import('./render/predict.ts'),
    import('./render/system-fit.ts'),
  ])
  refuseDevice(kind === 'run' ? systemNamed(await systemOf(predictor)) : kind, options.device)
  const asked = {
    ...options,
    threads: options.threads ?? availableParallelism(),
    signal,
    onProgress: (progress: Parameters<typeof progressLine>[0]) => terminal.draw(progressLine(progress)),
  }
  const document =
    kind === 'run'
      ? await verb.predictByRun(
          predictor,
          readRoles('predict', inputs, systemNamed(await systemOf(predictor)).task),
          asked,
        )
      : await verb.predictBySystem(kind, readRoles('predict', [predictor, ...inputs], kind.task), asked)
  terminal.clear()
  if (document.out === null) return {}
  return { document, lines: style => renderPredict(document, style) }
}

const systemOf = async (run: string): Promise<string> =>
  (JSON.parse(await readFile(join(run, 'interplay.json'), 'utf8')) as { system: string }).system
