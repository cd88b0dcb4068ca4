import { formatShare } from '../charts/format.ts'
import type { PreparedTable } from '../data/index.ts'
import type { TargetSpec } from '../nn/index.ts'
import type { FitSettings, Learning } from './learning.ts'

/** What is known before training. */
export interface FitPlan {
  data: { name: string; rows: number; fields: Record<string, number> }
  target: { name: string; kind: TargetSpec['kind']; summary: string; split: string }
  ignored: { fields: string[]; reason: string }[]
  system: { name: string; chosen?: string; parameters: number; memoryBytes: number }
  settings: FitSettings & { system: string; options: Record<string, unknown> }
  notes: string[]
}

/** What `fit` says before it trains. */
export function planOf(
  prepared: PreparedTable,
  system: string,
  byDefault: boolean,
  { parameters, memoryBytes, settings }: Learning,
  options: Record<string, unknown>,
): FitPlan {
  const { schema, spec, split, recipe, train } = prepared
  const types: Record<string, number> = {}
  for (const { role, type } of schema.fields) if (role === 'input') types[type] = (types[type] ?? 0) + 1
  const ignored = new Map<string, string[]>()
  for (const { name, role, reason = 'not an input' } of schema.fields) {
    if (role !== 'ignored' || reason.startsWith('read by target')) continue
    const why = recipe?.options.ignore?.includes(name) ? (recipe.because ?? reason) : reason
    ignored.set(why, [...(ignored.get(why) ?? []), name])
  }
  return {
    data: { name: prepared.name, rows: schema.rows, fields: types },
    target: {
      name: spec.targets.map(target => target.name).join(', '),
      kind: spec.targets[0]!.kind,
      summary: spec.targets.map((target, i) => summaryOf(target, train.targets[i]!)).join('; '),
      split: splitText(split),
    },
    ignored: [...ignored].map(([reason, fields]) => ({ fields, reason })),
    system: {
      name: system,
      ...(byDefault ? { chosen: 'default for tables' } : {}),
      parameters,
      memoryBytes,
    },
    settings: { ...settings, system, options },
    notes: prepared.notes,
  }
}

function summaryOf(target: TargetSpec, values: Float32Array): string {
  if (target.kind === 'regression')
    return `mean ${target.mean.toPrecision(3)}, deviation ${target.deviation.toPrecision(3)}`
  if (target.kind === 'multiclass') return `${target.classes.length} classes`
  const positive = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1)
  return `${formatShare(positive)} ${target.classes[1]}`
}

const splitText = ({ rule, seed }: PreparedTable['split']): string =>
  rule === 'random' ? `7:1:2 random, seed ${seed}` : rule
