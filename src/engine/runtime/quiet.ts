import type { InferenceSession, Tensor } from 'onnxruntime-web'
import type { OnnxGraph, OnnxNode } from '../onnx/codec.ts'

/**
 * Name of a graph's first output, a sequence, at which the native binding stops converting results: by then every
 * preallocated output is filled, and the copy it would make of each (up to three quarters of a large optimizer step) is
 * spared. Graphs without this output run as well.
 */
export const quietOutput = 'interplay.quiet'

/** The graph with `quietOutput` as its first output. */
export function withQuietOutput(graph: OnnxGraph): OnnxGraph {
  const scalar = { name: `${quietOutput}.scalar`, dtype: 'float32', dims: [], data: new Float32Array(1) } as const
  const marker: OnnxNode = {
    name: quietOutput,
    op: 'SequenceConstruct',
    domain: '',
    inputs: [scalar.name],
    outputs: [quietOutput],
    attributes: {},
  }
  return {
    ...graph,
    nodes: [marker, ...graph.nodes],
    initializers: [...graph.initializers, scalar],
    outputs: [{ name: quietOutput, dtype: 'float32', shape: [], container: 'sequence' }, ...graph.outputs],
  }
}

const rejection = 'Non tensor type is temporarily not supported.'

/** Fills the preallocated `fetches`; false when this run was not quiet and must be repeated plainly. */
export async function runQuietly(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  fetches: Record<string, Tensor>,
): Promise<boolean> {
  try {
    await session.run(feeds, { [quietOutput]: null, ...fetches })
    return false
  } catch (error) {
    return error instanceof Error && error.message === rejection
  }
}
