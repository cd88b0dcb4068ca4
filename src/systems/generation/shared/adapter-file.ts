import { decodeSafetensors, encodeSafetensors, type HostTensor, type State } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { AdapterHost } from '../../../nn/index.ts'
import { AdapterNetwork } from './adapter-network.ts'

/** Low-rank adapters by the names of their hosts, as files hold them. */
export interface AdapterWeights {
  rank: number
  alpha: number
  /** `<host>.lora_down.weight`, `<host>.lora_up.weight`, `<host>.alpha` */
  tensors: Readonly<Record<string, HostTensor>>
}

/** The adapters of a network as its state now has them, copied. */
export function adapterWeights(network: AdapterNetwork, state: State): AdapterWeights {
  const { rank, alpha } = network.layers[0]!
  const copied = (tensor: HostTensor): HostTensor => ({ ...tensor, data: tensor.data.slice() })
  const entries = network.named().flatMap(([name, { down, up }]): [string, HostTensor][] => [
    [`${name}.lora_down.weight`, copied(state.read(down.weight))],
    [`${name}.lora_up.weight`, copied(state.read(up.weight))],
    [`${name}.alpha`, { dtype: 'float32', dims: [], data: Float32Array.of(alpha) }],
  ])
  return { rank, alpha, tensors: Object.fromEntries(entries) }
}

/** A safetensors file that other tools read as a LoRA; `phrases` say what it was learned to erase. */
export const encodeAdapter = ({ tensors, rank, alpha }: AdapterWeights, phrases: readonly string[]): Uint8Array =>
  encodeSafetensors(tensors, { prompts: phrases.join(','), rank: String(rank), alpha: alpha.toFixed(1) })

/** Reads such a file. Throws `data/corrupt`, `model/weights`. */
export function decodeAdapter(bytes: Uint8Array, file: string): { weights: AdapterWeights; phrases: string[] } {
  const { tensors, metadata } = decodeSafetensors(bytes, file)
  const down = Object.entries(tensors).filter(([name]) => name.endsWith('.lora_down.weight'))
  const ranks = [...new Set(down.map(([, { dims }]) => dims[0]!))]
  const declared = Number(metadata.rank ?? ranks[0])
  if (ranks.length !== 1 || ranks[0] !== declared) {
    throw new InterplayError(
      'model/weights',
      `'${file}' has layers of rank ${ranks.join(', ')}, it declares ${declared}`,
    )
  }
  const [first] = Object.entries(tensors).filter(([name]) => name.endsWith('.alpha'))
  const alpha = Number(first?.[1].data[0] ?? metadata.alpha ?? declared)
  const phrases = (metadata.prompts ?? '').split(',').filter(phrase => phrase.trim() !== '')
  return { weights: { rank: declared, alpha, tensors }, phrases }
}

/**
 * The weights of a file's layers, host by host, in the shapes that these hosts need; 1 x 1 convolutions and linear layers
 * stand for each other. Throws `model/weights` naming every layer that is missing, surplus, of another shape or not finite.
 */
export function weightsFor(
  hosts: ReadonlyMap<string, AdapterHost>,
  { tensors, rank, alpha }: AdapterWeights,
  file: string,
): { down: Float32Array; up: Float32Array }[] {
  const given = new Set(Object.keys(tensors).map(name => name.replace(/\.(lora_(down|up)\.weight|alpha)$/, '')))
  const missing = [...hosts.keys()].filter(name => !given.has(name))
  const surplus = [...given].filter(name => !hosts.has(name))
  const refuse = (what: string, names: readonly string[]) =>
    new InterplayError('model/weights', `'${file}' ${what}: ${names.join(', ')}`, {
      details: { missing, surplus },
    })
  if (missing.length > 0) throw refuse(`lacks ${missing.length} of ${hosts.size} layers of this model`, missing)
  if (surplus.length > 0) throw refuse(`has ${surplus.length} layers that this model lacks`, surplus)
  const shapes = [...hosts].map(([name, host]) => {
    const [outputs, inputs, ...kernel] = host.weight.shape as [number, number, ...number[]]
    const [down, up] = ['down', 'up'].map(part => tensors[`${name}.lora_${part}.weight`])
    const fits =
      squeezed(down) === squeezed({ dims: [rank, inputs, ...kernel] }) &&
      squeezed(up) === squeezed({ dims: [outputs, rank] })
    return { name, down, up, fits, strength: Number(tensors[`${name}.alpha`]?.data[0] ?? alpha) }
  })
  const misfit = shapes.filter(({ fits }) => !fits).map(({ name }) => name)
  if (misfit.length > 0) throw refuse(`has layers of another shape`, misfit)
  const broken = shapes.filter(({ down, up }) => ![down, up].every(tensor => allFinite(tensor!)))
  if (broken.length > 0)
    throw refuse(
      'has values that are not finite',
      broken.map(({ name }) => name),
    )
  const other = shapes.filter(({ strength }) => strength !== alpha)
  if (other.length > 0)
    throw refuse(
      `has layers of another alpha than ${alpha}`,
      other.map(({ name }) => name),
    )
  return shapes.map(({ down, up }) => ({ down: down!.data as Float32Array, up: up!.data as Float32Array }))
}

/** A shape without its trailing ones. */
const squeezed = (tensor: { dims: readonly number[] } | undefined): string =>
  tensor === undefined ? 'none' : tensor.dims.join('x').replace(/(x1)+$/, '')

const allFinite = ({ data }: HostTensor): boolean => (data as Float32Array).every(value => Number.isFinite(value))

/** Puts a file's weights into a network of adapters. Throws what `weightsFor` throws. */
export function loadAdapter(network: AdapterNetwork, state: State, weights: AdapterWeights, file: string): void {
  const values = weightsFor(network.hosts, weights, file)
  network.layers.forEach(({ down, up }, i) => {
    state.write(down.weight, values[i]!.down)
    state.write(up.weight, values[i]!.up)
  })
}
