import { InterplayError, suggest } from '../errors/index.ts'
import { atK, metrics, monitors, type Metric } from './definitions.ts'
import type { TaskKind } from './scored.ts'

const plain = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/at(?=\d)/, '')

/** The metrics `evaluate` computes for a kind of task, in the order tables show them. */
export function metricsOf(kind: TaskKind, { grouped = false }: { grouped?: boolean } = {}): Metric[] {
  return metrics.filter(entry => entry.kinds.includes(kind) && (grouped || !entry.grouped))
}

/** What training watches unless told otherwise: AUC, log loss or RMSE. */
export function defaultMetric(kind: TaskKind): Metric {
  return metric({ binary: 'auc', multiclass: 'logLoss', regression: 'rmse' }[kind], kind)
}

/**
 * A metric by its name; case, spaces and punctuation do not matter (`logLoss`, `log-loss`), and `ndcg@5`, `hitRate@5`,
 * `recall@5` take any k. Throws `option/invalid`, naming the nearest.
 */
export function metric(name: string, kind: TaskKind = 'binary'): Metric {
  const known = [...metricsOf(kind, { grouped: true }), ...monitors.filter(entry => entry.kinds.includes(kind))]
  const found = known.find(entry => plain(entry.name) === plain(name))
  if (found) return found
  const cut = /^(ndcg|hitRate|recall)(?:@|At)([1-9]\d*)$/i.exec(name)
  if (cut && kind === 'binary') {
    const family = (Object.keys(atK) as (keyof typeof atK)[]).find(key => plain(key) === plain(cut[1]!))!
    return atK[family](Number(cut[2]))
  }
  const names = known.map(entry => entry.name)
  const near = suggest(name, names)
  throw new InterplayError('option/invalid', `metric must be one of ${names.join(', ')}, got '${name}'`, {
    where: `--metric ${name}`,
    why: near.length > 0 ? `nearest for a ${kind} target: ${near.join(', ')}` : undefined,
  })
}

/** Whether `value` beats `best` by at least `margin`; NaN never does, and any number beats NaN. */
export function improves(by: Metric, value: number, best: number, margin = 0): boolean {
  if (Number.isNaN(value) || Number.isNaN(best)) return !Number.isNaN(value)
  const gain = by.better === 'higher' ? value - best : best - value
  return gain > 0 && gain >= margin
}
