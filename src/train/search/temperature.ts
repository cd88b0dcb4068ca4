/** The temperature of a step, from 0, in an epoch, from 0. */
export type Temperature = (step: number, epoch: number) => number

/** 1 in the first epoch, then multiplied after each, so that it is `last` in the last of them (OptFS). */
export const geometricTemperature = (last: number, epochs: number): Temperature => {
  const factor = last ** (1 / (epochs - 1))
  return (_step, epoch) => factor ** epoch
}

/** 1 at the first step, then lower by `fall` at each, never under `last` (OptInter). */
export const fallingTemperature =
  (fall: number, last = 0.01): Temperature =>
  step =>
    Math.max(last, 1 - fall * step)
