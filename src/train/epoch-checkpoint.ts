import { decodeSafetensors, encodeSafetensors, type State } from '../engine/index.ts'
import type { EpochScore } from './epochs.ts'

/** How far a training by epochs has come. */
export interface EpochsProgress {
  history: EpochScore[]
  /** Validations since the best one. */
  stalled: number
  bestEpoch: number
  bestScore: number
  /** Weights of the best epoch. */
  best: Map<string, Float32Array>
  /** Epochs that are done. */
  done: number
}

const ofBest = 'best:'
const ofState = 'state:'

/** The whole state and what is known beside it, as a safetensors file. */
export function encodeProgress(state: State, { best, history, ...rest }: EpochsProgress): Uint8Array {
  const tensors = [
    ...[...state.entries()].map(([name, tensor]) => [ofState + name, tensor] as const),
    ...[...best].map(
      ([name, data]) => [ofBest + name, { dtype: 'float32', dims: [data.length], data } as const] as const,
    ),
  ]
  const scores = [...history.map(({ score }) => score), rest.bestScore].map(String)
  const metadata = { step: String(state.step), ...{ history, ...rest }, scores }
  return encodeSafetensors(Object.fromEntries(tensors), { progress: JSON.stringify(metadata) })
}

/** Puts a kept state back. Throws `data/corrupt`, `model/weights`. */
export function decodeProgress(bytes: Uint8Array, state: State): EpochsProgress {
  const { tensors, metadata } = decodeSafetensors(bytes, 'checkpoint')
  const under = (prefix: string) =>
    Object.entries(tensors).flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    )
  const { step, scores, history, ...rest } = JSON.parse(metadata!.progress!) as EpochsProgress & {
    step: string
    /** JSON has no NaN and no infinity. */
    scores: string[]
  }
  state.load(Object.fromEntries(under(ofState)))
  state.step = Number(step)
  return {
    ...rest,
    bestScore: Number(scores.at(-1)),
    history: history.map((each, i) => ({ ...each, score: Number(scores[i]) })),
    best: new Map(under(ofBest).map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)])),
  }
}
