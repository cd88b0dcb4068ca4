/** One row of `bench speed`: a system's options, and the same model as `bench/peers/torch_tables.py` is told to build it. */
export interface SpeedCase {
  system: string
  options: Record<string, unknown>
  /** Arguments of the peer. */
  peer: readonly string[]
  /** Rows of each field's table; the Frappe data's where left out. */
  fields?: Readonly<Record<string, number>>
  /** Measured only where it is asked for by name. */
  onRequest?: boolean
}

/** Rows of each field's table in the Frappe data, padding and unknown left out. */
export const frappeFields = { user: 956, item: 4084, f2: 9, f3: 9, f4: 4, f5: 5, f6: 4, f7: 11, f8: 82, f9: 235 }

/** The recipe of the Frappe protocol, for every row on its fields. */
export const recipe = { learningRate: 1e-3, clipNorm: 10, embeddingRegularization: 0.05 }

/** Ten fields that share a table of so many rows of 16, without a penalty, under the DNN's network. */
function largeTable(rows: number): SpeedCase {
  const fields = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, rows / 10]))
  const peer = ['--model', 'dnn', '--dimension', '16', '--fields', Object.values(fields).join(',')]
  const options = { embeddingDimension: 16, hidden: [400, 400, 400], batchNorm: false, dropout: 0 }
  return {
    system: 'dnn',
    options,
    peer: [...peer],
    fields,
    onRequest: true,
  }
}

const deep = { embeddingDimension: 10, hidden: [400, 400, 400] }
const normalised = ['--batch-norm', '--dropout', '0.2']
const model = (name: string, ...rest: string[]) => ['--model', name, '--dimension', '10', '--l2', '0.05', ...rest]

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
  'table-1e5': largeTable(1e5),
  'table-1e6': largeTable(1e6),
  'table-1e7': largeTable(1e7),
}
