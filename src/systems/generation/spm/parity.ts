import { compile, float32, grad, State, type HostTensor } from '../../../engine/index.ts'
import {
  addLowRank,
  Convolution,
  Linear,
  LowRankAdapter,
  Module,
  UNet,
  withAdapters,
  type Adapter,
  type AdapterHost,
  type UNetOptions,
} from '../../../nn/index.ts'
import {
  goldenCases,
  moduleParity,
  relativeDifference,
  type GoldenCase,
  type ModuleParity,
} from '../../../study/index.ts'
import { AdapterNetwork, wearing } from '../shared/adapter-network.ts'
import { loadAdapter } from '../shared/adapter-file.ts'
import type { EncodedTexts } from '../shared/encoded.ts'
import { transformerHosts } from '../shared/hosts.ts'
import { anchoringLoss, erasingLoss } from './losses.ts'
import { nearness } from './transport.ts'

/** A host layer and the membrane on it. */
class Hosted extends Module {
  readonly membrane: LowRankAdapter

  constructor(readonly host: AdapterHost) {
    super()
    this.membrane = new LowRankAdapter(host)
  }
}

const hosts: Record<string, () => AdapterHost> = {
  linear: () => new Linear(48, 64),
  'conv-1x1': () => new Convolution(48, 64, [1, 1]),
  'conv-3x3-stride-2': () => new Convolution(48, 64, [3, 3], { stride: 2, padding: 1 }),
}

/** A membrane on a layer: outputs and gradients. */
function membraneParity(golden: GoldenCase): Promise<ModuleParity> {
  const { kind, multiplier } = golden.configuration as { kind: string; multiplier: number }
  const hosted = new Hosted(hosts[kind]!())
  const { host, membrane } = hosted
  const adapter: Adapter = (x, y) => membrane.forward(x, y, multiplier)
  return moduleParity(hosted, golden, ({ x }) => ({
    outputs: { y: withAdapters(new Map([[host, adapter]]), () => host.forward(x!)) },
  }))
}

const data = (tensors: GoldenCase['tensors'], name: string) => tensors[name]!.data as Float32Array
const compared = (outputs: Record<string, number>): ModuleParity => ({ outputs, gradients: {} })

/** Both losses and their sum on fixed foretold noise. */
async function lossParity({ tensors, configuration }: GoldenCase): Promise<ModuleParity> {
  const { guidance, anchoring } = configuration as { guidance: number; anchoring: number }
  const names = ['target', 'positive', 'neutral', 'anchor', 'original']
  await using program = compile({
    inputs: Object.fromEntries(names.map(name => [name, float32(tensors[`input/${name}`]!.dims)])),
    trace: ({ target, positive, neutral, anchor, original }) => {
      const erasing = erasingLoss({ adapted: target!, concept: positive!, surrogate: neutral! }, guidance)
      const kept = anchoringLoss(anchor!, original!)
      return { outputs: { erasing, anchoring: kept, loss: erasing.add(kept.mul(anchoring)) } }
    },
  })
  const results = await program.run(Object.fromEntries(names.map(name => [name, data(tensors, `input/${name}`)])))
  return compared(
    Object.fromEntries(
      Object.entries(results).map(([name, { data: own }]) => [
        name,
        relativeDifference(own as Float32Array, data(tensors, `output/${name}`)),
      ]),
    ),
  )
}

/** Cosine, shared words and the larger of both for pairs of a text and a phrase. */
function transportParity({ tensors }: GoldenCase): ModuleParity {
  const encoded = (ids: string, features: string): EncodedTexts => {
    const [count, length, width] = tensors[features]!.dims as [number, number, number]
    return { count, length, width, ids: tensors[ids]!.data as Int32Array, features: data(tensors, features) }
  }
  const texts = encoded('input/prompts', 'input/promptFeatures')
  const phrases = encoded('input/phrases', 'input/phraseFeatures')
  const ours = Array.from({ length: texts.count }, (_, row) => {
    const near = nearness(texts, row, phrases, row, 'all')
    return [Math.max(near.cosine, near.words), near.cosine, near.words]
  })
  return compared({ permeability: relativeDifference(ours.flat(), data(tensors, 'output/permeability')) })
}

/** A membrane merged into its host's weight. */
function mergeParity({ tensors, configuration }: GoldenCase): ModuleParity {
  const { factor } = configuration as { factor: number }
  const merged = (name: string) => {
    const parts = { down: data(tensors, `input/${name}.down`), up: data(tensors, `input/${name}.up`), rank: 1 }
    return relativeDifference(
      addLowRank(data(tensors, `input/${name}`), parts, factor),
      data(tensors, `output/${name}`),
    )
  }
  return compared(Object.fromEntries(['linear', 'point', 'strided'].map(name => [name, merged(name)])))
}

/** A whole denoiser with the authors' membranes on all 48 of its hosts, read from their names: outputs and gradients. */
async function networkParity({ tensors, configuration }: GoldenCase, unet: GoldenCase): Promise<ModuleParity> {
  const model = new UNet(unet.configuration as unknown as UNetOptions)
  const network = new AdapterNetwork(transformerHosts(model))
  const state = new State({ model, network }, 1)
  for (const [path, parameter] of model.parameters()) state.write(parameter, data(unet.tensors, `parameter/${path}`))
  const file = Object.entries(tensors).filter(([name]) => name.startsWith('file/'))
  const weights = Object.fromEntries(
    file.map(([name, tensor]): [string, HostTensor] => [name.slice('file/'.length), tensor]),
  )
  loadAdapter(network, state, { rank: 1, alpha: 1, tensors: weights }, 'network')
  const inputs = ['input/x', 'input/t', 'input/context', 'cotangent/noise'] as const
  const parts = network
    .named()
    .flatMap(([name, { down, up }]) => [
      [`${name}.lora_down.weight`, down.weight] as const,
      [`${name}.lora_up.weight`, up.weight] as const,
    ])
  await using program = compile({
    inputs: Object.fromEntries(inputs.map(name => [name, float32(tensors[name]!.dims)])),
    state,
    threads: 1,
    trace: leaves => {
      const [x, t, context, cotangent] = inputs.map(name => leaves[name]!)
      const scale = configuration.multiplier as number
      const noise = wearing([{ network, scale }], () => model.forward(x!, t!, context!))
      const gradients = grad(
        noise.mul(cotangent!).sum(),
        parts.map(([, parameter]) => parameter),
      )
      return { outputs: { noise, ...Object.fromEntries(gradients.map((gradient, i) => [parts[i]![0], gradient])) } }
    },
  })
  const results = (await program.run(Object.fromEntries(inputs.map(name => [name, data(tensors, name)])))) as Record<
    string,
    HostTensor
  >
  const distance = (ours: string, theirs: string) =>
    relativeDifference(results[ours]!.data as Float32Array, data(tensors, theirs))
  return {
    outputs: { noise: distance('noise', 'output/noise') },
    gradients: Object.fromEntries(parts.map(([name]) => [name, distance(name, `gradient/${name}`)])),
  }
}

export async function parityOf(golden: GoldenCase): Promise<ModuleParity> {
  if (golden.name.startsWith('membrane-')) return membraneParity(golden)
  if (golden.name.startsWith('losses-')) return lossParity(golden)
  if (golden.name === 'transport') return transportParity(golden)
  if (golden.name === 'merge') return mergeParity(golden)
  const unet = (await goldenCases('diffusion'))!.find(({ name }) => name === 'unet')!
  return networkParity(golden, unet)
}

/** All golden cases with their distances; undefined without the fixtures. */
export async function parities(): Promise<ModuleParity[] | undefined> {
  const cases = await goldenCases('spm')
  return cases && Promise.all(cases.map(parityOf))
}
