import { addLowRank } from '../../../nn/index.ts'
import { weightsFor, type AdapterWeights } from '../shared/adapter-file.ts'
import type { Base } from '../shared/base.ts'
import { transformerHosts } from '../shared/hosts.ts'

/** A membrane and how much of it is merged. */
export interface MergedMembrane {
  name: string
  weights: AdapterWeights
  strength: number
}

/**
 * Writes W + sum gamma v_reg v_sig^T over the base's weights, so that it erases without membranes; a negative strength takes
 * a merged membrane out again. Throws `model/weights`.
 */
export function mergeInto({ model, state }: Base, membranes: readonly MergedMembrane[]): void {
  const hosts = transformerHosts(model.unet)
  const fitting = membranes.map(({ weights, name }) => weightsFor(hosts, weights, name))
  membranes.forEach(({ weights: { rank, alpha }, strength }, m) => {
    ;[...hosts.values()].forEach((host, i) => {
      const merged = addLowRank(
        state.read(host.weight).data as Float32Array,
        { ...fitting[m]![i]!, rank },
        (strength * alpha) / rank,
      )
      state.write(host.weight, merged)
    })
  })
}
