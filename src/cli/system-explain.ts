import { availableParallelism } from 'node:os'
import { InterplayError } from '../errors/index.ts'
import type { Call, Outcome } from './command.ts'
import type { GlobalOptions } from './flags/global.ts'
import type { AnySystem } from '../system/index.ts'
import type { Settings } from './flags/settings.ts'
import type { SystemExplainDocument } from '../verbs/explain/explain-system.ts'
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
    causal?: boolean
    environments?: string
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
  const { progressLine } = await import('./render/system-fit.ts')
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
  return outcomeOf(document, { dryRun: options.dryRun, top })
}

/** `explain` of a run by the system that made it, or by `--lens` of data that such a system has not learned from yet. */
export async function explainOwn(call: ExplainCall): Promise<Outcome | undefined> {
  const { operands, options, signal, terminal, words } = call
  const { lens = [], at, row, index, order, budget, top = 10, target, set } = options
  const [predictor, ...given] = operands
  const { explainRun, explainUnlearned, explainsItself, ownLens, refuseRowOptions } =
    await import('../verbs/explain/explain-system.ts')
  const [named] = lens.flatMap(name => ownLens(name) ?? [])
  const ofRun = await explainsItself(predictor!)
  const system = ofRun ?? named
  if (!system) return undefined
  const other = lens.find(name => name !== system.name)
  if (other !== undefined) {
    throw new InterplayError('option/conflict', `${system.name} is explained by itself`, { where: `--lens ${other}` })
  }
  refuseRowOptions(system, { row, index, order, budget, at })
  const { plain, roles } = readInputs(given, system.task.inputs)
  const inputs = [...plain, ...Object.values(roles)]
  if (inputs.length > (ofRun ? 1 : 0)) {
    throw new InterplayError('usage/too-many-inputs', `explain takes ${ofRun ? 'one input' : 'the data alone'}`, {
      where: given.join(' '),
    })
  }
  const { progressLine } = await import('./render/system-fit.ts')
  const asked = {
    target: target?.[0],
    set,
    seed: options.seed,
    threads: options.threads ?? availableParallelism(),
    out: options.out,
    dryRun: options.dryRun,
    command: commandLine(words),
    signal,
    onProgress: (event: Parameters<typeof progressLine>[0]) => terminal.draw(progressLine(event)),
  }
  const document = ofRun
    ? await explainRun(predictor!, { ...asked, input: inputs[0] })
    : await explainUnlearned(system, predictor!, asked)
  terminal.clear()
  return outcomeOf(document, { dryRun: options.dryRun, top })
}

/** `explain --causal --environments F`: the first input is the table; undefined without either flag. */
export async function explainEnvironments(call: ExplainCall): Promise<Outcome | undefined> {
  const { lens = [], causal, environments, target } = call.options
  const asked = causal || environments !== undefined || lens.includes('causal-de-finetti')
  if (!asked) return undefined
  const { causalDeFinetti: system } = await import('../systems/explain/causal-de-finetti/index.ts')
  if (environments === undefined) {
    throw new InterplayError(
      'usage/missing-value',
      `${system.name} needs the field that tells the environments apart`,
      { try: `interplay explain ${call.operands[0]} --causal --environments FIELD` },
    )
  }
  return explainData(call, system, { flag: '--causal', refused: { target }, roles: { environments: [environments] } })
}

/** `explain --modalities A,B`: the first input is the table; undefined without the flag. */
export async function explainModalities(call: ExplainCall): Promise<Outcome | undefined> {
  const { lens = [], modalities, target } = call.options
  const asked = modalities !== undefined || lens.includes('multimodal-interactions')
  if (!asked) return undefined
  const { multimodalInteractions: system } = await import('../systems/explain/multimodal-interactions/index.ts')
  if (!modalities) {
    throw new InterplayError('usage/missing-value', `${system.name} looks at two modalities`, {
      where: `--lens ${system.name}`,
      try: '--modalities TEXT,IMAGE',
    })
  }
  return explainData(call, system, { flag: '--modalities', target: target?.[0], roles: { modality: modalities } })
}

/** `explain [RUN] CLIPS --lens hbi`: the input holds two sets of tokens; undefined without the lens. */
export async function explainTokens(call: ExplainCall): Promise<Outcome | undefined> {
  const { lens = [], target } = call.options
  if (!lens.includes('hbi')) return undefined
  const { hbi: system } = await import('../systems/explain/hbi/index.ts')
  const [first, ...others] = call.operands
  const [from, operands] = others.length > 0 ? [first, others] : [undefined, call.operands]
  return explainData({ ...call, operands }, system, { flag: '--lens hbi', refused: { target }, from })
}

interface DataAsked {
  /** The flag that asked for it. */
  flag: string
  target?: string
  roles?: Readonly<Record<string, readonly string[]>>
  /** Options that this system has no use for, beside those of rows. */
  refused?: Readonly<Record<string, unknown>>
  /** The run that the data are looked at with. */
  from?: string
}

/** A system that looks at data by themselves, without a predictor. */
async function explainData(
  { operands, options, signal, terminal, words }: ExplainCall,
  system: AnySystem,
  { flag, target, roles, refused = {}, from }: DataAsked,
): Promise<Outcome> {
  const { lens = [], at, row, index, order, budget, top = 10, set } = options
  const other = lens.find(name => name !== system.name)
  if (other !== undefined)
    throw new InterplayError('option/conflict', `${flag} is explained by itself`, { where: `--lens ${other}` })
  const [verb, { progressLine }] = await Promise.all([
    import('../verbs/explain/explain-system.ts'),
    import('./render/system-fit.ts'),
  ])
  verb.refuseRowOptions(system, { row, index, order, budget, at, ...refused })
  if (operands.length > 1) {
    throw new InterplayError('usage/too-many-inputs', `explain ${flag} takes one input`, { where: operands.join(' ') })
  }
  const document = await verb.explainData(system, operands[0]!, {
    target,
    roles,
    from,
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
  return outcomeOf(document, { dryRun: options.dryRun, top })
}

/** A document with the lines that tell it. */
async function outcomeOf(
  document: SystemExplainDocument,
  { dryRun, top }: { dryRun?: boolean; top: number },
): Promise<Outcome> {
  if (dryRun) return { document, warnings: document.warnings }
  const render = await import('./render/explain-network.ts')
  return {
    document,
    lines: style => render.renderExplainNetwork(document, top, style),
    warnings: document.warnings,
    closing: style => render.renderExplainNetworkClosing(document, style),
  }
}
