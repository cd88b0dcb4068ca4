import type { GptOptions, ResidualNetworkOptions, VisionTransformerOptions } from '../../nn/index.ts'

interface Case {
  /** Arguments of the peer. */
  peer: readonly string[]
  /** Rows, images or sequences a step, where not asked for otherwise. */
  batch: number
  /** Measured only where it is asked for by name. */
  onRequest?: boolean
}

/** A system's options, and the same model as `bench/peers/torch_tables.py` is told to build it. */
export interface TableCase extends Case {
  system: string
  options: Record<string, unknown>
  /** Rows of each field's table; the Frappe data's where left out. */
  fields?: Readonly<Record<string, number>>
}

/** A network, which `bench/peers/torch_networks.py` has under the same name; `size` is pixels of an image's side or tokens. */
export type NetworkCase = Case & { size: number } & (
    | { network: 'vision-transformer'; options: VisionTransformerOptions }
    | { network: 'residual-network'; options: ResidualNetworkOptions }
    | { network: 'gpt'; options: GptOptions }
  )

/** One row of `bench speed`. */
export type SpeedCase = TableCase | NetworkCase

/** Rows of each field's table in the Frappe data, padding and unknown left out. */
export const frappeFields = { user: 956, item: 4084, f2: 9, f3: 9, f4: 4, f5: 5, f6: 4, f7: 11, f8: 82, f9: 235 }

/** The recipe of the Frappe protocol, for every row on its fields. */
export const recipe = { learningRate: 1e-3, clipNorm: 10, embeddingRegularization: 0.05 }

/** Ten fields that share a table of so many rows of 16, without a penalty, under the DNN's network. */
function largeTable(rows: number): TableCase {
  const fields = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, rows / 10]))
  const peer = ['--model', 'dnn', '--dimension', '16', '--fields', Object.values(fields).join(',')]
  const options = { embeddingDimension: 16, hidden: [400, 400, 400], batchNorm: false, dropout: 0 }
  return {
    system: 'dnn',
    options,
    peer: [...peer],
    batch: 4096,
    fields,
    onRequest: true,
  }
}

const deep = { embeddingDimension: 10, hidden: [400, 400, 400] }
const normalised = ['--batch-norm', '--dropout', '0.2']

function table(system: string, options: Record<string, unknown>, ...peer: string[]): TableCase {
  return { system, options, batch: 4096, peer: ['--model', system, '--dimension', '10', '--l2', '0.05', ...peer] }
}

type Network = Pick<NetworkCase, 'network' | 'options' | 'size' | 'batch'>

function network(settings: Network): NetworkCase {
  const peer = [
    '--model',
    settings.network,
    '--options',
    JSON.stringify(settings.options),
    '--size',
    `${settings.size}`,
  ]
  return { ...settings, peer } as NetworkCase
}

/** `dnn-plain` is the network without batch norm and dropout: nearly all of its step is matrix products. */
export const speedCases: Readonly<Record<string, SpeedCase>> = {
  'dnn-plain': table('dnn', { ...deep, batchNorm: false, dropout: 0 }),
  dnn: table('dnn', { ...deep, batchNorm: true, dropout: 0.2 }, ...normalised),
  deepfm: table('deepfm', { ...deep, batchNorm: true, dropout: 0.2 }, ...normalised),
  dcnv2: table(
    'dcnv2',
    { ...deep, crossLayers: 4, structure: 'parallel', batchNorm: true, dropout: 0.2 },
    ...normalised,
  ),
  autoint: table('autoint', { embeddingDimension: 10, layers: 6, attentionWidth: 128, heads: 4 }),
  finalmlp: table(
    'finalmlp',
    {
      embeddingDimension: 10,
      firstHidden: [400],
      secondHidden: [100],
      firstDropout: 0.4,
      secondDropout: 0.4,
      batchNorm: true,
      gateHidden: [400],
      firstContext: ['user'],
      secondContext: ['item'],
      heads: 5,
    },
    '--batch-norm',
    '--dropout',
    '0.4',
  ),
  fgcnn: table(
    'fgcnn',
    { ...deep, channels: [14, 16, 18], heights: [7, 7, 7], recombined: 3, batchNorm: true, dropout: 0.2 },
    ...normalised,
  ),
  'vit-tiny': network({
    network: 'vision-transformer',
    options: { size: 64, patch: 8, width: 192, layers: 12, heads: 3, classes: 100 },
    size: 64,
    batch: 32,
  }),
  'resnet-18': network({
    network: 'residual-network',
    options: { widths: [64, 128, 256, 512], blocks: [2, 2, 2, 2], classes: 100 },
    size: 32,
    batch: 32,
  }),
  gpt: network({
    network: 'gpt',
    options: { vocabulary: 256, context: 128, width: 256, layers: 4, heads: 4 },
    size: 128,
    batch: 16,
  }),
  'table-1e5': largeTable(1e5),
  'table-1e6': largeTable(1e6),
  'table-1e7': largeTable(1e7),
}
