import { formatBytes, formatCount, formatRatio } from '../../charts/format.ts'
import type { Device } from '../../engine/index.ts'
import { timeShares } from '../../engine/runtime/operator-times.ts'
import type { HeapGrowth, SpeedDocument, SpeedRow, Spread } from '../../verbs/index.ts'
import type { Style } from '../terminal/style.ts'
import { table, type Row } from '../terminal/table.ts'

type SpeedPage = Pick<SpeedDocument, 'batch' | 'rounds' | 'rows'> & {
  machine: { threads: number; device?: Device }
  matmul?: Spread
}

/** Training speed beside a peer's, measured in turns. */
export function renderSpeed({ machine, batch, rounds, matmul, rows }: SpeedPage, style: Style): string[] {
  const taken = batch === null ? '' : `batch ${formatCount(batch)}, `
  const where = machine.device && machine.device !== 'cpu' ? `${machine.device}, ` : ''
  const head = `${where}${machine.threads} threads, ${taken}${rounds} rounds interleaved, median [min, max]`
  const columns = [
    { title: 'system' },
    { title: 'ours rows/s' },
    { title: 'peer rows/s', gap: 4 },
    { title: 'ratio', gap: 4, align: 'right' as const, minWidth: 7 },
    { title: 'peak MB, ours / peer', gap: 4 },
  ]
  return [
    head,
    ...table(columns, cells(rows, columns.length, style), style),
    ...stepLines(rows),
    ...rows.flatMap(({ system, onProcessor }) => (onProcessor ? [`  ${system}: ${onProcessor}`] : [])),
    ...(matmul ? productLines(rows, matmul) : []),
  ]
}

/** What a step of a batch takes, where its time goes, and what making its program took. */
function stepLines(rows: readonly SpeedRow[]): string[] {
  return rows.flatMap(({ system, batch, ours, peer, compileSeconds, operators, heap }) => {
    if (!ours || !compileSeconds) return []
    const step = (side: Spread) => `${((batch / side.median) * 1000).toFixed(1)} ms`
    const sides = peer ? `${step(ours)}, the peer's ${step(peer)}` : step(ours)
    const { trace, session } = compileSeconds
    const compiled = `${(trace + session).toFixed(2)} s (trace ${trace.toFixed(2)}, session ${session.toFixed(2)})`
    return [
      `  ${system}: a step of ${formatCount(batch)} takes ${sides}; compiled in ${compiled}`,
      ...(operators ? [`    ${timeShares(operators)}`] : []),
      ...(heap ? [`    over ${formatCount(heap.steps)} steps JavaScript came to hold ${heldMore(heap)}`] : []),
    ]
  })
}

const heldMore = ({ grownBytes }: HeapGrowth) =>
  grownBytes > 0 ? `${formatBytes(grownBytes)} more` : `${formatBytes(-grownBytes)} less`

/** How much of the runtime's own speed the steps' matrix products keep. */
function productLines(rows: readonly SpeedRow[], matmul: Spread): string[] {
  const [median, min, max] = [matmul.median, matmul.min, matmul.max].map(rate => (rate / 1e9).toFixed(0))
  const shares = rows.flatMap(({ system, ofMatMul }) => (ofMatMul ? [`${system} ${ofMatMul.median.toFixed(2)}`] : []))
  return [
    `a plain MatMul of 1,024³ reaches ${median} [${min}, ${max}] GFLOP/s; the steps' products, of it:`,
    `  ${shares.join(', ')}`,
  ]
}

function cells(rows: SpeedRow[], columns: number, style: Style): Row[] {
  const ours = throughputs(rows.map(row => row.ours))
  const peer = throughputs(rows.map(row => row.peer))
  return rows.map((row, index) => {
    const { system, ratio, peakBytes, reason } = row
    if (row.ours === null) {
      return [system, { text: ` not measured: ${reason ?? 'no peer'}`, span: columns - 1, paint: style.muted }]
    }
    if (row.peer === null || ratio === null) {
      const why = reason ? `not measured: ${reason}` : ''
      return [system, ours[index]!, why, '', peakBytes ? megabytes(peakBytes.ours) : '–']
    }
    const peak = peakBytes ? `${megabytes(peakBytes.ours)} / ${megabytes(peakBytes.peer!)}` : '–'
    return [system, ours[index]!, peer[index]!, formatRatio(ratio), ratio < 1 ? `${peak}    slower` : peak]
  })
}

/** `105k [103, 106]`, the medians under each other; the interval is in the unit of its median. */
function throughputs(all: (Spread | null)[]): string[] {
  const written = all.map(one => {
    if (one === null) return ['', '']
    const [scale, unit] = one.median >= 1e6 ? [1e6, 'M'] : one.median >= 1e3 ? [1e3, 'k'] : [1, '']
    const short = (value: number) => (value / scale < 9.95 ? (value / scale).toFixed(1) : (value / scale).toFixed(0))
    return [`${short(one.median)}${unit}`, `[${short(one.min)}, ${short(one.max)}]`]
  })
  const width = Math.max(...written.map(([median]) => median!.length))
  return written.map(([median, interval]) => `${median!.padStart(width)} ${interval}`)
}

const megabytes = (bytes: number) => formatCount(bytes / 1e6)
