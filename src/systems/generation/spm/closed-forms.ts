import { State } from '../../../engine/index.ts'
import { Random } from '../../../random/index.ts'
import { relativeDifference } from '../../../study/index.ts'
import { adapterWeights } from '../shared/adapter-file.ts'
import { AdapterNetwork } from '../shared/adapter-network.ts'
import { copyWeights, newBase, type Base } from '../shared/base.ts'
import { GuidedDenoiser } from '../shared/denoiser.ts'
import { transformerHosts } from '../shared/hosts.ts'
import { noiseRows } from '../shared/pictures.ts'
import { smallestBase } from './example.ts'
import { mergeInto } from './merge.ts'

/** The noise that a base with networks of adapters foretells of fixed pictures. */
async function foretold(
  base: Base,
  state: State,
  networks: readonly AdapterNetwork[],
  strength: number,
): Promise<Float32Array> {
  const { picture, text } = base.model.options
  const rows = 3
  const denoiser = new GuidedDenoiser(base.model, state, networks, { threads: 1 })
  try {
    return await denoiser.noise(noiseRows(1, 'pictures', rows, picture.channels * picture.side ** 2), 400, {
      context: noiseRows(1, 'texts', rows, text.length * text.width),
      unconditional: noiseRows(1, 'no text', 1, text.length * text.width),
      guidance: 3,
      scales: networks.map(() => new Float32Array(rows).fill(strength)),
    })
  } finally {
    await denoiser.close()
  }
}

/** A base with a network of membranes, new or with random values. */
function worn(base: Base, random?: Random): { state: State; network: AdapterNetwork } {
  const network = new AdapterNetwork(transformerHosts(base.model.unet))
  const state = new State({ model: base.model, membranes: network }, 1)
  copyWeights(base, state)
  if (random) {
    for (const { up } of network.layers)
      state.write(
        up.weight,
        Float32Array.from({ length: up.weight.size }, () => 0.3 * random.normal()),
      )
  }
  return { state, network }
}

/** Values of the foretold noise that a new membrane changes, by as little as a bit. */
export async function changedAtStart(): Promise<number> {
  const base = smallestBase(1)
  const { state, network } = worn(base)
  const [plain, adapted] = [await foretold(base, base.state, [], 0), await foretold(base, state, [network], 1)]
  return plain.filter((value, i) => !Object.is(value, adapted[i])).length
}

/** How far merged weights are from membranes, and unmerged ones from the first. */
export async function mergeErrors(strength = 0.7): Promise<{ merged: number; unmerged: number }> {
  const base = smallestBase(1)
  const { state, network } = worn(base, new Random(1, 'membranes'))
  const weights = adapterWeights(network, state)
  const adapted = await foretold(base, state, [network], strength)
  const copy = newBase(base.description, 1)
  for (const [path, parameter] of copy.model.parameters())
    copy.state.write(parameter, base.state.read(`model.${path}`).data)
  const membrane = { name: 'random', weights }
  mergeInto(copy, [{ ...membrane, strength }])
  const merged = relativeDifference(await foretold(copy, copy.state, [], 0), adapted)
  mergeInto(copy, [{ ...membrane, strength: -strength }])
  const distances = [...base.model.parameters()].map(([path, parameter]) =>
    relativeDifference(copy.state.read(`model.${path}`).data, base.state.read(parameter).data),
  )
  return { merged, unmerged: Math.max(...distances) }
}
