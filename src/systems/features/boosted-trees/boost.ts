import { setImmediate } from 'node:timers/promises'
import type { EncodedTable } from '../../../data/table/encoded.ts'
import { fieldsOf, type TableSpec } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { binTable } from './binned.ts'
import { Crew } from './crew.ts'
import { Forest } from './forest.ts'
import { growTree } from './grow.ts'
import { SharedMemory } from './memory.ts'
import { BoostedTrees } from './model.ts'
import { answersOf, baseScores } from './objective.ts'
import type { BoostedTreesOptions } from './options.ts'
import { drawRows } from './sample.ts'
import { lossOf, measure, watch } from './stopping.ts'
import type { Tree } from './tree.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

export interface Round {
  round: number
  /** Log loss or RMSE on the training rows. */
  trainLoss: number
  /** The watched metric and the loss on the validation rows, where there are any. */
  valid?: Record<string, number>
  /** Whether it is the best so far. */
  best: boolean
}

export interface BoostSettings {
  spec: TableSpec
  options: BoostedTreesOptions
  seed: number
  /** Threads that compute, the calling one included. */
  threads: number
  /** Place of the target in the spec; the first by default. */
  target?: number
  /** Rows that early stopping looks at. */
  valid?: EncodedTable
  signal?: AbortSignal
  onRound?(round: Round): void
}

/**
 * Gradient boosting of histogram trees (Friedman 2001; Ke et al. 2017, LightGBM). Deterministic in data, options and
 * seed, for any number of threads. The calling thread computes; between rounds it lets others have their turn.
 * @throws InterplayError `data/target-constant` where all rows have one class; the signal's reason when aborted
 */
export async function boost(train: EncodedTable, settings: BoostSettings): Promise<BoostedTrees> {
  const { options, spec, seed, threads, target = 0 } = settings
  const targets = train.targets[target]!
  const base = baseScores(targets, spec.targets[target]!)
  const memory = new SharedMemory()
  const table = binTable(memory, train, spec.fields, { bins: options.bins, seed, threads })
  const shape = { objective: spec.targets[target]!.kind, outputs: base.length, leaves: options.leaves, split: options }
  const workspace = createWorkspace(memory, table, targets, shape)
  const crew = await Crew.start(workspace, threads)
  try {
    return await new Booster(train, settings, workspace, crew, base).run()
  } finally {
    await crew.close()
  }
}

class Booster {
  private readonly trees: Tree[] = []
  private readonly random: Random

  constructor(
    private readonly train: EncodedTable,
    private readonly settings: BoostSettings,
    private readonly workspace: Workspace,
    private readonly crew: Crew,
    private readonly base: Float32Array,
  ) {
    this.random = new Random(settings.seed, 'boosted-trees')
    for (const [output, score] of base.entries()) {
      workspace.scores.fill(score, output * train.rows, (output + 1) * train.rows)
    }
  }

  async run(): Promise<BoostedTrees> {
    const { options, valid, spec, target = 0, signal, onRound } = this.settings
    const outputs = this.base.length
    const watched = valid && watch(valid, target, spec.targets[target]!.kind, this.base, options)
    const categoricalColumns = fieldsOf(spec, 'categorical').length
    for (let round = 1; round <= options.trees; round++) {
      signal?.throwIfAborted()
      const grown = this.growRound()
      const all = options.rowFraction === 1 && options.featureFraction === 1
      if (all && grown.every(tree => tree.nodes.length === 0)) break
      this.trees.push(...grown)
      const valid = watched?.add(new Forest(grown, categoricalColumns))
      onRound?.({ round, trainLoss: this.trainLoss(), valid, best: watched?.bestRound === round })
      if (watched && options.patience > 0 && round - watched.bestRound >= options.patience) break
      await setImmediate()
    }
    const kept = watched && options.patience > 0 ? this.trees.slice(0, watched.bestRound * outputs) : this.trees
    return new BoostedTrees({ fields: spec.fields, target: spec.targets[target]!, base: this.base, trees: kept })
  }

  private trainLoss(): number {
    const { spec, target = 0 } = this.settings
    const { kind } = spec.targets[target]!
    const outputs = this.base.length
    const answers = answersOf(this.workspace.scores, kind, outputs)
    return measure(lossOf(kind), this.train.targets[target]!, answers, outputs)
  }

  private growRound(): Tree[] {
    const { options } = this.settings
    this.crew.derivatives()
    const { rows } = this.train
    const bag = drawRows(this.random, rows, Math.max(1, Math.round(rows * options.rowFraction)))
    return Array.from(this.base, (_, output) => {
      this.drawColumns()
      this.workspace.order.set(bag.inside)
      const { tree, ranges } = growTree(this.workspace, this.crew, output, bag.inside.length, options)
      this.addScores(tree, ranges, output, bag.outside)
      return tree
    })
  }

  private drawColumns() {
    const { allowed } = this.workspace
    const wanted = Math.max(1, Math.round(allowed.length * this.settings.options.featureFraction))
    allowed.fill(wanted === allowed.length ? 1 : 0)
    if (wanted < allowed.length)
      for (const column of this.random.permutation(allowed.length).subarray(0, wanted)) allowed[column] = 1
  }

  private addScores(tree: Tree, ranges: { begin: number; end: number }[], output: number, outside: Int32Array) {
    const { scores } = this.workspace
    const start = output * this.train.rows
    this.crew.settle({ output, ranges, values: tree.values })
    if (outside.length === 0) return
    const categoricalColumns = this.train.categorical.length / this.train.rows
    new Forest([tree], categoricalColumns).addTo(
      scores.subarray(start, start + this.train.rows),
      this.train,
      1,
      outside,
    )
  }
}
