import { compile, float32, State } from '../../../engine/index.ts'
import { Mode } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { folded, type FoldedNet } from './folded.ts'
import { LightNet, ticksOfAnswer, type NetSize } from './net.ts'
import { StreamingNet } from './streaming-net.ts'

/** A network with drawn weights and norms, some of whose channels are taken out. */
export function drawnNet(
  size: NetSize,
  prune: number,
): { net: LightNet; state: State; keep: Float32Array; light: FoldedNet } {
  const net = new LightNet(size)
  const state = new State({ model: net }, 1)
  const random = new Random(1, 'hft.drawn')
  for (const { norm } of net.blocks) {
    for (const parameter of [norm.weight, norm.bias, norm.runningMean]) {
      state.write(
        parameter,
        Float32Array.from({ length: size.channels }, () => random.normal()),
      )
    }
    state.write(
      norm.runningVariance,
      Float32Array.from({ length: size.channels }, () => 0.5 + random.uniform()),
    )
  }
  const gone = Math.round(prune * size.channels)
  const keep = Float32Array.from({ length: size.channels }, (_, c) => Number(c >= gone))
  return { net, state, keep, light: folded(net, state, keep) }
}

/** The largest difference of logits between the whole window in the engine, channels hidden, and tick by tick, channels gone. */
export async function incrementalDifference(size: NetSize, prune: number): Promise<number> {
  const { net, state, keep, light } = drawnNet(size, prune)
  const random = new Random(2, 'hft.drawn')
  const ticks = ticksOfAnswer(size)
  const later = 7
  const stream = Float32Array.from({ length: (ticks + later) * size.features }, () => random.normal())
  await using program = compile({
    inputs: {
      x: float32([1, size.features, ticks]),
      keep: float32([size.channels, 1]),
    },
    state,
    threads: 1,
    trace: leaves => ({ outputs: { logits: net.forward(leaves.x, leaves.keep, Mode.evaluation()) } }),
  })
  const streaming = new StreamingNet(light)
  let largest = 0
  for (let t = 0; t < ticks + later; t++) {
    const logits = streaming.push(stream.subarray(t * size.features, (t + 1) * size.features))
    if (t < ticks - 1) continue
    const x = Float32Array.from({ length: size.features * ticks }, (_, i) => {
      const [j, back] = [Math.floor(i / ticks), i % ticks]
      return stream[(t - ticks + 1 + back) * size.features + j]!
    })
    const whole = await program.run({ x, keep })
    logits.forEach((logit, k) => (largest = Math.max(largest, Math.abs(logit - Number(whole.logits.data[k])))))
  }
  return largest
}

/** Microseconds of a tick in the middle and of the slowest hundredth. */
export interface TickTimes {
  median: number
  slowest: number
}

/** What single ticks of some networks take, all warm, in turns. */
export function tickTimes(nets: readonly FoldedNet[], selected: number, ticks: number): TickTimes[] {
  const random = new Random(3, 'hft.drawn')
  const x = Float32Array.from({ length: nets[0]!.size.features }, (_, j) => (j < selected ? random.normal() : 0))
  const runs = nets.map(light => ({ net: new StreamingNet(light), times: new Float64Array(ticks) }))
  for (let i = -ticks; i < ticks; i++) {
    for (const { net, times } of runs) {
      const started = performance.now()
      net.push(x)
      if (i >= 0) times[i] = 1000 * (performance.now() - started)
    }
  }
  return runs.map(({ times }) => {
    times.sort()
    return { median: times[ticks >> 1]!, slowest: times[Math.floor(0.99 * (ticks - 1))]! }
  })
}
