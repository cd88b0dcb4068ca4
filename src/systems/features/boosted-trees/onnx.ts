import {
  encodeModel,
  type Attribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from '../../../engine/onnx/codec.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { BoostedTrees } from './model.ts'
import type { Tree, TreeNode } from './tree.ts'

/** Ids travel as float32, which holds integers up to 2^24. */
const mostIds = 2 ** 24

/**
 * The trees as an ONNX file with the inputs of every table model, `categorical` int32 [batch, C] and `numeric` float32
 * [batch, N], and its outputs: the target's name with its answer, and `logits`. One `ai.onnx.ml` TreeEnsembleRegressor.
 *
 * A set of categories becomes a chain of BRANCH_EQ tests, one a category, whose true branches all lead to the same node:
 * exact, and at most `maxCategories` small nodes a split whatever the vocabulary. A missing number goes the learned way.
 * @throws InterplayError `engine/export` past 2^24 values
 */
export function exportTrees(model: BoostedTrees, metadata: Record<string, string> = {}): Uint8Array {
  return encodeModel(onnxTrees(model, metadata))
}

function onnxTrees(model: BoostedTrees, metadata: Record<string, string>): OnnxModel {
  const { target, base, fields } = model
  const ids = fields.reduce((sum, field) => sum + (field.type === 'categorical' ? field.size : 0), 0)
  if (ids > mostIds) {
    throw new InterplayError(
      'engine/export',
      `the categorical fields have ${ids.toLocaleString('en')} values, an ONNX tree tells 2^24 apart`,
    )
  }
  const widths = {
    categorical: fields.filter(field => field.type === 'categorical').length,
    numeric: fields.filter(field => field.type === 'numeric').length,
  }
  const nodes = [...rowNodes(widths), ensembleNode(model, widths.categorical), ...answerNodes(model)]
  const outputs = [target.name, 'logits'].map(name => ({
    name,
    dtype: 'float32' as const,
    shape: ['batch', base.length],
  }))
  return {
    irVersion: 10,
    opset: { '': 21, 'ai.onnx.ml': 3 },
    producer: { name: 'interplay', version: '' },
    metadata,
    functions: [],
    graph: {
      name: 'interplay',
      nodes,
      initializers:
        target.kind === 'regression'
          ? [scalar('trees/mean', target.mean), scalar('trees/deviation', target.deviation)]
          : [],
      inputs: [
        ...(widths.categorical > 0
          ? [{ name: 'categorical', dtype: 'int32' as const, shape: ['batch', widths.categorical] }]
          : []),
        ...(widths.numeric > 0
          ? [{ name: 'numeric', dtype: 'float32' as const, shape: ['batch', widths.numeric] }]
          : []),
        // not looked at, but every table model is fed them
        ...fields.flatMap(({ name, type, length }) =>
          type === 'sequence' ? [{ name: `sequence.${name}`, dtype: 'int32' as const, shape: ['batch', length!] }] : [],
        ),
      ],
      outputs,
    },
  }
}

const scalar = (name: string, value: number): OnnxTensor => ({
  name,
  dtype: 'float32',
  dims: [],
  data: Float32Array.of(value),
})

const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, Attribute> = {},
  domain = '',
): OnnxNode => ({
  name: `${op}.${outputs[0]}`,
  op,
  domain,
  inputs,
  outputs,
  attributes,
})

/** The categorical columns as numbers, then the numeric ones. */
function rowNodes({ categorical, numeric }: { categorical: number; numeric: number }): OnnxNode[] {
  const ids = node('Cast', ['categorical'], [numeric > 0 ? 'trees/ids' : 'trees/rows'], {
    to: { type: 'int', value: 1 },
  })
  if (numeric === 0) return [ids]
  if (categorical === 0) return [node('Identity', ['numeric'], ['trees/rows'])]
  return [ids, node('Concat', ['trees/ids', 'numeric'], ['trees/rows'], { axis: { type: 'int', value: 1 } })]
}

/** From raw scores to `logits` and the answer; the logits of a number are standardised, as those of every table model. */
function answerNodes({ target }: BoostedTrees): OnnxNode[] {
  if (target.kind === 'regression') {
    return [
      node('Identity', ['trees/scores'], [target.name]),
      node('Sub', ['trees/scores', 'trees/mean'], ['trees/centred']),
      node('Div', ['trees/centred', 'trees/deviation'], ['logits']),
    ]
  }
  const answer =
    target.kind === 'binary'
      ? node('Sigmoid', ['trees/scores'], [target.name])
      : node('Softmax', ['trees/scores'], [target.name], { axis: { type: 'int', value: -1 } })
  return [node('Identity', ['trees/scores'], ['logits']), answer]
}

function ensembleNode({ trees, base }: BoostedTrees, categorical: number): OnnxNode {
  const table = new EnsembleTable(categorical)
  for (const [index, tree] of trees.entries()) table.add(tree, index, index % base.length)
  if (trees.length === 0) table.add({ nodes: [], values: Float32Array.of(0) }, 0, 0)
  const attributes: Record<string, Attribute> = {
    ...table.attributes(),
    n_targets: { type: 'int', value: base.length },
    base_values: { type: 'floats', value: Array.from(base) },
    aggregate_function: { type: 'string', value: 'SUM' },
    post_transform: { type: 'string', value: 'NONE' },
  }
  return node('TreeEnsembleRegressor', ['trees/rows'], ['trees/scores'], attributes, 'ai.onnx.ml')
}

/** Collects the parallel lists that the operator takes its trees as. */
class EnsembleTable {
  private readonly tree: number[] = []
  private readonly id: number[] = []
  private readonly feature: number[] = []
  private readonly value: number[] = []
  private readonly mode: string[] = []
  private readonly whenTrue: number[] = []
  private readonly whenFalse: number[] = []
  private readonly missingIsTrue: number[] = []
  private readonly leafTree: number[] = []
  private readonly leafId: number[] = []
  private readonly leafOutput: number[] = []
  private readonly leafWeight: number[] = []

  constructor(private readonly categorical: number) {}

  add({ nodes, values }: Tree, tree: number, output: number) {
    const place = placesOf(nodes)
    const leaves = nodes.reduce((sum, one) => sum + testsOf(one), 0)
    const target = (child: number) => (child < 0 ? leaves + ~child : place[child]!)
    for (const [index, one] of nodes.entries()) {
      const tests = one.kind === 'numeric' ? [one.threshold] : one.ids
      const first = place[index]!
      const feature = one.column + (one.kind === 'numeric' ? this.categorical : 0)
      for (const [step, value] of tests.entries()) {
        const last = step === tests.length - 1
        this.push(tree, first + step, one.kind === 'numeric' ? 'BRANCH_LEQ' : 'BRANCH_EQ', feature, value)
        this.whenTrue.push(target(one.left))
        this.whenFalse.push(last ? target(one.right) : first + step + 1)
        this.missingIsTrue.push(one.kind === 'numeric' && one.missingLeft ? 1 : 0)
      }
    }
    for (const [leaf, weight] of values.entries()) {
      this.push(tree, leaves + leaf, 'LEAF', 0, 0)
      this.whenTrue.push(0)
      this.whenFalse.push(0)
      this.missingIsTrue.push(0)
      this.leafTree.push(tree)
      this.leafId.push(leaves + leaf)
      this.leafOutput.push(output)
      this.leafWeight.push(weight)
    }
  }

  private push(tree: number, id: number, mode: string, feature: number, value: number) {
    this.tree.push(tree)
    this.id.push(id)
    this.mode.push(mode)
    this.feature.push(feature)
    this.value.push(value)
  }

  attributes(): Record<string, Attribute> {
    const ints = (value: number[]): Attribute => ({ type: 'ints', value })
    const floats = (value: number[]): Attribute => ({ type: 'floats', value })
    return {
      nodes_treeids: ints(this.tree),
      nodes_nodeids: ints(this.id),
      nodes_featureids: ints(this.feature),
      nodes_values: floats(this.value),
      nodes_modes: { type: 'strings', value: this.mode },
      nodes_truenodeids: ints(this.whenTrue),
      nodes_falsenodeids: ints(this.whenFalse),
      nodes_missing_value_tracks_true: ints(this.missingIsTrue),
      target_treeids: ints(this.leafTree),
      target_nodeids: ints(this.leafId),
      target_ids: ints(this.leafOutput),
      target_weights: floats(this.leafWeight),
    }
  }
}

const testsOf = (node: TreeNode) => (node.kind === 'numeric' ? 1 : node.ids.length)

/** The id of each node's first test. */
function placesOf(nodes: readonly TreeNode[]): number[] {
  let next = 0
  return nodes.map(node => {
    const place = next
    next += testsOf(node)
    return place
  })
}
