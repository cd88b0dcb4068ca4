/** One row of `bench speed`: a system's options, and the same model as `bench/peers/torch_tables.py` is told to build it. */
export interface SpeedCase {
  system: string
  options: Record<string, unknown>
  /** Arguments of the peer. */
  peer: readonly string[]
}

/** Rows of each field's table in the Frappe data, padding and unknown left out. */
export const frappeFields = { user: 956, item: 4084, f2: 9, f3: 9, f4: 4, f5: 5, f6: 4, f7: 11, f8: 82, f9: 235 }

/** The recipe of the Frappe protocol, for every row. */
export const recipe = { learningRate: 1e-3, clipNorm: 10, embeddingRegularization: 0.05, embeddingDimension: 10 }

const deep = { embeddingDimension: 10, hidden: [400, 400, 400] }
const normalised = ['--batch-norm', '--dropout', '0.2']
const model = (name: string, ...rest: string[]) => ['--model', name, ...rest]

/** `dnn-plain` is the network without batch norm and dropout: nearly all of its step is matrix products. */
export const speedCases: Readonly<Record<string, SpeedCase>> = {
  'dnn-plain': { system: 'dnn', options: { ...deep, batchNorm: false, dropout: 0 }, peer: model('dnn') },
  dnn: { system: 'dnn', options: { ...deep, batchNorm: true, dropout: 0.2 }, peer: model('dnn', ...normalised) },
  deepfm: {
    system: 'deepfm',
    options: { ...deep, batchNorm: true, dropout: 0.2 },
    peer: model('deepfm', ...normalised),
  },
  dcnv2: {
    system: 'dcnv2',
    options: { ...deep, crossLayers: 4, structure: 'parallel', batchNorm: true, dropout: 0.2 },
    peer: model('dcnv2', ...normalised),
  },
  autoint: {
    system: 'autoint',
    options: { embeddingDimension: 10, layers: 6, attentionWidth: 128, heads: 4 },
    peer: model('autoint'),
  },
  finalmlp: {
    system: 'finalmlp',
    options: {
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
    peer: model('finalmlp', '--batch-norm', '--dropout', '0.4'),
  },
}
