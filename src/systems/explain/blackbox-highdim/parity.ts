import { compile, float32, State } from '../../../engine/index.ts'
import {
  boostTrees,
  growTree,
  predictBoosted,
  predictTree,
  treeRows,
  type BoostingOptions,
  type TreeNode,
} from '../../../lenses/index.ts'
import { logLoss, multiclassLogLoss } from '../../../metrics/index.ts'
import { Mode } from '../../../nn/index.ts'
import { goldenCases, type GoldenCase } from '../../../study/index.ts'
import { SelfAttentionNetwork } from './self-attention-network.ts'

export interface TreeParity {
  /** Splits that are on another column. */
  columns: number
  /** Largest distance of a threshold. */
  thresholds: number
  /** Largest distance of an answer. */
  answers: number
  /** Log loss of boosted trees over xgboost's, less 1: of two classes, and of three. */
  binary: number
  classes: number
}

const golden = async (name: string): Promise<GoldenCase | undefined> =>
  (await goldenCases('blackbox-highdim'))?.find(each => each.name === name)

/** Trees beside scikit-learn's and xgboost's; undefined where the fixtures are not at hand. */
export async function treeParity(): Promise<TreeParity | undefined> {
  const found = await golden('trees')
  if (!found) return undefined
  const { tensors, configuration } = found
  const values = (key: string) => tensors[key]!.data as Float64Array
  const { leaves, leastWeight, rounds, depth, classRounds, classDepth } = configuration as Record<string, number>
  const [count, width] = tensors['input/x']!.dims as [number, number]
  const columns = Array.from({ length: width }, (_, c) =>
    Float64Array.from({ length: count }, (_, r) => values('input/x')[r * width + c]!),
  )
  const rows = treeRows(
    columns,
    columns.map(() => 'numeric'),
  )
  const classes = oneHot(values('input/classes'), 3)
  const weights = new Float64Array(count).fill(1)
  const classTree = growTree(rows, { sums: classes, weights, outputs: 3 }, { leaves, leastWeight })
  const numberTree = growTree(rows, { sums: values('input/numbers'), weights, outputs: 1 }, { leaves, leastWeight })
  const apart = [
    { tree: classTree, name: 'classes' },
    { tree: numberTree, name: 'numbers' },
  ].map(({ tree, name }) => splitsApart(tree, values(`output/${name}/column`), values(`output/${name}/threshold`)))
  const loss = (answers: Float64Array, key: 'binary' | 'classes') => {
    const labels = values(`input/${key}`)
    if (key === 'classes') return multiclassLogLoss(labels, answers)
    return logLoss(labels, answers.length === count ? answers : answers.filter((_, i) => i % 2 === 1))
  }
  const boosted = (answers: Float64Array, options: BoostingOptions) =>
    predictBoosted(boostTrees(rows, answers, 'classes', options), rows.columns)
  const over = (own: Float64Array, key: 'binary' | 'classes', theirs: string) =>
    loss(own, key) / loss(values(theirs), key) - 1
  return {
    columns: apart.reduce((sum, each) => sum + each.columns, 0),
    thresholds: Math.max(...apart.map(each => each.thresholds)),
    answers: largest(predictTree(classTree, columns), values('output/classes/probability')),
    binary: over(boosted(oneHot(values('input/binary'), 2), { rounds, depth }), 'binary', 'output/binary/probability'),
    classes: over(boosted(classes, { rounds: classRounds, depth: classDepth }), 'classes', 'output/classes/boosted'),
  }
}

function oneHot(labels: Float64Array, classes: number): Float64Array {
  const values = new Float64Array(labels.length * classes)
  labels.forEach((label, r) => (values[r * classes + label] = 1))
  return values
}

function splitsApart(tree: TreeNode, columns: Float64Array, thresholds: Float64Array) {
  const own = preorder(tree)
  if (own.length !== columns.length) return { columns: Infinity, thresholds: Infinity }
  return {
    columns: own.filter(({ column }, i) => column !== columns[i]).length,
    thresholds: Math.max(...own.map(({ threshold }, i) => Math.abs(threshold - thresholds[i]!))),
  }
}

function preorder({ branch }: TreeNode): { column: number; threshold: number }[] {
  if (branch?.split.kind !== 'number') return [{ column: -1, threshold: 0 }]
  const { column, threshold } = branch.split
  return [{ column, threshold }, ...preorder(branch.left), ...preorder(branch.right)]
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)

/** Largest distances of logits and attention from the same network in PyTorch; undefined where the fixtures are not at hand. */
export async function attentionParity(): Promise<{ logits: number; attention: number } | undefined> {
  const found = await golden('self-attention')
  if (!found) return undefined
  const { tensors, configuration } = found
  const { columns, heads, width, classes } = configuration as Record<string, number>
  const model = new SelfAttentionNetwork(
    {
      fields: Array.from({ length: columns! }, (_, c) => ({ name: `x${c}`, type: 'numeric', size: 0 })),
      targets: [{ name: 'y', kind: 'multiclass', classes: Array.from({ length: classes! }, (_, k) => `${k}`) }],
      rows: 1,
    },
    { heads, width },
  )
  const state = new State({ model }, 1)
  for (const [path, parameter] of model.parameters())
    state.write(parameter, tensors[`parameter/${path}`]!.data as Float32Array)
  const program = compile({
    inputs: { x: float32(['batch', columns!]) },
    state,
    trace: ({ x }) => ({
      outputs: {
        logits: model.forward({ numeric: x, sequences: {} }, Mode.evaluation()),
        attention: model.attention(x),
      },
    }),
  })
  try {
    const { logits, attention } = await program.run({ x: tensors['input/x']!.data as Float32Array })
    const from = (key: string) => tensors[key]!.data as Float32Array
    return {
      logits: largest(logits!.data as Float32Array, from('output/logits')),
      attention: largest(attention!.data as Float32Array, from('output/attention')),
    }
  } finally {
    await program.close()
  }
}
