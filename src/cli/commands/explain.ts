import { availableParallelism } from 'node:os'
import { InterplayError } from '../../errors/index.ts'
import type { Constraint } from '../../lenses/index.ts'
import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { integer, optional, text, toggle } from '../flags/kind.ts'
import { repeatedList } from '../flags/list.ts'
import { budget } from '../flags/quantity.ts'
import type { Settings } from '../flags/settings.ts'
import { shared } from '../flags/shared.ts'
import { commandLine } from '../shell.ts'
import { explainEnvironments, explainInside, explainModalities, explainOwn, explainTokens } from '../system-explain.ts'

const explain = defineCommand({
  operands: [
    { name: 'PREDICTOR', describe: 'a run, a bundle, an ONNX file, or the address of an endpoint' },
    {
      name: '[INPUT...]',
      describe: 'rows to explain on; a run rereads its own data and uses its test rows; of a network data=FILE',
    },
  ],
  flags: {
    lens: flag(
      repeatedList,
      'pairs, indices, h-statistic, sobol, fis, partial-dependence, ale, counterfactual, rashomon, influence, rules, or the system of the run; of a network lib; of two sets of tokens hbi; of images with concepts, before a run, cbm',
      {
        value: 'NAME,...',
        repeat: true,
        default: 'pairs,indices; of a row indices',
      },
    ),
    at: flag(repeatedList, 'of a network: its layers from input to output, a+b for two side by side', {
      value: 'LAYER,...',
      repeat: true,
    }),
    row: flag(integer({ min: 1 }), 'the row to look at, from 1', { value: 'N' }),
    counterfactual: flag(toggle, 'as --lens counterfactual'),
    rashomon: flag(optional(integer({ min: 0 })), 'as --lens fis-rashomon, over N models and those of each pair', {
      value: '[N]',
    }),
    influence: flag(toggle, 'as --lens influence-ekfac: the training rows behind a row, or those that stand alone'),
    rules: flag(
      toggle,
      'as --lens blackbox-highdim: rules on the few columns that carry the model; of a row the one it falls under',
    ),
    causal: flag(toggle, 'of a table in place of a predictor: which columns are causes of which, by --environments'),
    environments: flag(text, 'the field that tells the groups apart in which mechanisms vary: a site, a session', {
      value: 'F',
    }),
    modalities: flag(
      repeatedList,
      'of a table in place of a predictor: what two modalities tell of the target, alone and together',
      { value: 'A,B', repeat: true },
    ),
    target: { ...shared.target, describe: 'the field of the labels, for predictors that are no runs' },
    index: flag(text, 'SII, k-SII, STII, FSII, BII, FBII, SV, BV, Moebius, ...', { value: 'NAME', default: 'SII' }),
    order: flag(integer({ min: 1 }), 'the largest set that gets a value', { value: 'N', default: '2' }),
    top: flag(integer({ min: 1 }), 'how many sets are said', { value: 'N', default: '10' }),
    budget: flag(budget('predictions'), 'predictions to spend, or a time', {
      value: '20000|60s',
      default: 'all coalitions of up to 12 fields',
    }),
    set: {
      ...shared.set,
      describe:
        'imputer=marginal|baseline; of counterfactuals immutable=[F,...], only.F=up|down, range.F=[0,10]; timeout=SECONDS; of a lens that is a system its options',
    },
  },
  examples: [
    'interplay explain runs/birdstrikes-autoint-1',
    'interplay explain runs/birdstrikes-autoint-1 --row 17 --index k-SII',
    'interplay explain runs/birdstrikes-autoint-1 --lens h-statistic,ale',
    'interplay explain runs/birdstrikes-autoint-1 --row 17 --counterfactual --set immutable=[Speed]',
    'interplay explain runs/birdstrikes-autoint-1 --rashomon 200 --set epsilonRate=0.05',
    'interplay explain runs/birdstrikes-autoint-1 --influence --row 17 --set retrain=20',
    'interplay explain runs/genes-dnn-1 --rules --set top=30',
    'interplay explain sites.csv --causal --environments site',
    'interplay explain pairs.parquet --modalities text,image -t sarcasm --set clusters=10',
    'interplay explain clips.safetensors --lens hbi --set item=3',
    'interplay explain runs/clips-hbi-1 clips.safetensors --lens hbi --set item=3',
    'interplay explain http://localhost:8080 rows.csv',
    'interplay explain m.onnx data=d.safetensors --lens lib --at relu_1,relu_2',
    'interplay explain world:tile-hands --lens cbm',
    'interplay explain runs/tile-hands-cbm-1 --set image=3 --set "correct.tile 0=0"',
  ],
  dryRun: true,
  async run(call) {
    const {
      operands: [predictor, ...inputs],
      options,
      signal,
      terminal,
      words,
    } = call
    const inside =
      (await explainEnvironments(call)) ??
      (await explainModalities(call)) ??
      (await explainTokens(call)) ??
      (await explainInside(call)) ??
      (await explainOwn(call))
    if (inside) return inside
    if (options.at) {
      throw new InterplayError('option/conflict', '--at is of lenses that look into a network', {
        where: `--at ${options.at.join(',')}`,
        try: '--lens lib',
      })
    }
    const [{ explainPredictor }, render] = await Promise.all([
      import('../../verbs/explain/explain.ts'),
      import('../render/explain.ts'),
    ])
    if (inputs.length > 1)
      throw new InterplayError('usage/too-many-inputs', `explain takes one table, ${inputs.length} were given`, {
        where: inputs.join(' '),
      })
    if ((options.target?.length ?? 0) > 1)
      throw new InterplayError('usage/too-many-values', 'explain takes one field of labels', { where: '--target' })
    const { lens = [], counterfactual, rashomon, influence, rules, budget: spend, target, set, ...rest } = options
    const { imputer, timeout, constraints, settings } = settingsOf(set)
    const named = [
      ...lens,
      ...(counterfactual ? ['counterfactual'] : []),
      ...(rashomon === undefined ? [] : ['fis-rashomon']),
      ...(influence ? ['influence-ekfac'] : []),
      ...(rules ? ['blackbox-highdim'] : []),
    ]
    const document = await explainPredictor(predictor!, {
      ...rest,
      ...spend,
      imputer,
      timeout,
      constraints,
      input: inputs[0],
      target: target?.[0],
      lens: named,
      settings,
      models: typeof rashomon === 'number' ? rashomon : undefined,
      threads: options.threads ?? availableParallelism(),
      command: commandLine(words),
      stop: signal,
      onProgress: event => {
        if (event.kind === 'cost') terminal.progress(render.renderCost(event.cost, terminal.progressStyle))
        else terminal.draw(`${event.lens}   ${Math.floor((100 * event.done) / Math.max(1, event.total))}%`)
      },
    })
    terminal.clear()
    if (options.dryRun) return { document, warnings: document.warnings }
    return {
      document,
      lines: style => render.renderExplain(document, options.top ?? 10, style),
      warnings: document.warnings,
      closing: style => render.renderExplainClosing(document, style),
    }
  },
})

/** What `--set` of explain says; what it does not know goes to the lens. */
function settingsOf(set: Settings = {}): {
  imputer?: string
  timeout?: number
  constraints: Constraint[]
  settings?: Settings
} {
  const { imputer, timeout, immutable = [], only = {}, range = {}, ...others } = set
  const invalid = (name: string, wanted: string, got: unknown) =>
    new InterplayError('option/invalid', `${name} must be ${wanted}, got '${JSON.stringify(got)}'`, {
      where: `--set ${name}`,
    })
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0))
    throw invalid('timeout', 'seconds', timeout)
  const fields = [immutable].flat().map(String)
  const ways = Object.entries(only as Record<string, unknown>).map(([field, way]): Constraint => {
    if (way !== 'up' && way !== 'down') throw invalid(`only.${field}`, 'up or down', way)
    return { field, only: way }
  })
  const ranges = Object.entries(range as Record<string, unknown>).map(([field, ends]): Constraint => {
    const [low, high] = Array.isArray(ends) && ends.length === 2 ? ends.map(Number) : [NaN, NaN]
    if (!(low! <= high!)) throw invalid(`range.${field}`, 'two numbers, the smaller first', ends)
    return { field, range: [low!, high!] }
  })
  return {
    imputer: imputer === undefined ? undefined : String(imputer),
    timeout,
    ...(Object.keys(others).length > 0 ? { settings: others } : {}),
    constraints: [...fields.map((field): Constraint => ({ field, immutable: true })), ...ways, ...ranges],
  }
}

export default explain
