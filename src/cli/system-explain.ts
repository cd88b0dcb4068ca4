import { availableParallelism } from 'node:os'
import { InterplayError } from '../errors/index.ts'
import type { Call, Outcome } from './command.ts'
import type { GlobalOptions } from './flags/global.ts'
import type { Settings } from './flags/settings.ts'
import { readInputs } from './inputs.ts'
import { commandLine } from './shell.ts'

interface ExplainCall extends Omit<Call, 'options'> {
  options: GlobalOptions & {
    lens?: string[]
    at?: string[]
    row?: number
    index?: string
    order?: number
    top?: number
    budget?: object
    target?: string[]
    modalities?: string[]
    set?: Settings
  }
}

/** `explain` where the one lens named is a published method that looks into networks; undefined for all other lenses. */
export async function explainInside(call: ExplainCall): Promise<Outcome | undefined> {
  const { operands, options, signal, terminal, words } = call
  const { lens = [], at, row, index, order, budget, top = 10, target, set } = options
  if (lens.length === 0) return undefined
  const { explainNetwork, lensSystem, refuseRowOptions } = await import('../verbs/explain/explain-system.ts')
  const named = lens.flatMap(name => lensSystem(name) ?? [])
  const [system] = named
  if (!system) return undefined
  if (lens.length > 1) {
    throw new InterplayError('option/conflict', `${system.name} is explained by itself`, {
      where: `--lens ${lens.join(',')}`,
    })
  }
  refuseRowOptions(system, { row, index, order, budget })
  const [predictor, ...given] = operands
  const { plain, roles } = readInputs(given, ['data'])
  if (plain.length + Object.keys(roles).length > 1) {
    throw new InterplayError('usage/too-many-inputs', 'explain takes one input', { where: given.join(' ') })
  }
  const [render, { progressLine }] = await Promise.all([
    import('./render/explain-network.ts'),
    import('./render/system-fit.ts'),
  ])
  const document = await explainNetwork(system, predictor!, {
    input: roles.data ?? plain[0],
    target: target?.[0],
    set: { ...set, ...(at && { layers: at }) },
    seed: options.seed,
    threads: options.threads ?? availableParallelism(),
    out: options.out,
    dryRun: options.dryRun,
    command: commandLine(words),
    signal,
    onProgress: event => terminal.draw(progressLine(event)),
  })
  terminal.clear()
  if (options.dryRun) return { document, warnings: document.warnings }
  return {
    document,
    lines: style => render.renderExplainNetwork(document, top, style),
    warnings: document.warnings,
    closing: style => render.renderExplainNetworkClosing(document, style),
  }
}

/** `explain DATA --modalities A,B`, or by the one lens named that measures what data tell; undefined for all others. */
export async function explainOfData(call: ExplainCall): Promise<Outcome | undefined> {
  const { operands, options, signal, terminal, words } = call
  const { lens = [], at, row, index, order, budget, top = 10, target, modalities, set } = options
  const names = modalities && lens.length === 0 ? ['multimodal-interactions'] : lens
  if (names.length === 0) return undefined
  const { dataSystem, explainData, refuseRowOptions } = await import('../verbs/explain/explain-system.ts')
  const found = names.map(dataSystem)
  const system = found.find(each => each !== undefined)
  if (!system && !modalities) return undefined
  if (!system || found.length > 1 || (modalities && system.name !== 'multimodal-interactions')) {
    throw new InterplayError(
      'option/conflict',
      `${modalities ? 'modalities are explained by themselves' : `${system!.name} is explained by itself`}`,
      {
        where: `--lens ${lens.join(',')}`,
      },
    )
  }
  if (!modalities && system.task.roles) {
    throw new InterplayError('usage/missing-value', `${system.name} looks at two modalities`, {
      where: `--lens ${system.name}`,
      try: '--modalities TEXT,IMAGE',
    })
  }
  refuseRowOptions(system, { row, index, order, budget, at })
  if (operands.length > 1) {
    throw new InterplayError('usage/too-many-inputs', `${system.name} takes one input`, { where: operands.join(' ') })
  }
  const [render, { progressLine }] = await Promise.all([
    import('./render/explain-network.ts'),
    import('./render/system-fit.ts'),
  ])
  const document = await explainData(system, operands[0]!, {
    target: target?.[0],
    roles: modalities && { modality: modalities },
    set,
    seed: options.seed,
    threads: options.threads ?? availableParallelism(),
    out: options.out,
    dryRun: options.dryRun,
    command: commandLine(words),
    signal,
    onProgress: event => terminal.draw(progressLine(event)),
  })
  terminal.clear()
  if (options.dryRun) return { document, warnings: document.warnings }
  return {
    document,
    lines: style => render.renderExplainNetwork(document, top, style),
    warnings: document.warnings,
    closing: style => render.renderExplainNetworkClosing(document, style),
  }
}
