import type { HostTensor } from '../../../engine/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { dense, type Dense } from '../../../linear-algebra/index.ts'
import { fewest, kept, pieces, SectionForward, sentAlong, type NodeLayer } from '../../../lenses/network/index.ts'
import type { Network, NetworkData, RunContext } from '../../../system/index.ts'
import { asTheyAre, type Basis } from './directions.ts'
import type { Sections } from './measure.ts'
import { classesOf, type Score } from './scores.ts'

export interface Ablation {
  /** Score by how many are kept, ascending. */
  curve: { kept: number; score: number }[]
  /** The fewest, by bisection, with which the score stays within the tolerance of the whole network's. */
  needed: number
  /** How many there are. */
  of: number
}

export interface AblationOptions {
  score: Score
  /** How much of the score may be lost. */
  tolerance: number
  batch: number
}

/** What is known of a piece of the test data before anything is taken away. */
interface Piece {
  examples: NetworkData
  /** Activations of every layer. */
  values: readonly HostTensor[]
}

/** Takes directions and edges away from a network, and asks what its answers are then worth. Holds native memory. */
export class Ablations implements AsyncDisposable {
  private readonly forwards = new Map<string, SectionForward>()
  private readonly network: Network
  private readonly layers: readonly NodeLayer[]

  private constructor(
    sections: Sections,
    private readonly pieces: readonly Piece[],
    private readonly own: Float64Array,
    private readonly labels: Int32Array | undefined,
    private readonly options: AblationOptions,
    private readonly context: Pick<RunContext, 'threads' | 'signal'>,
  ) {
    this.network = sections.network
    this.layers = sections.layers
  }

  /**
   * On data that the bases were not measured on, where there are such. Without labels the network's own classes stand for them.
   *
   * @throws InterplayError `shape/mismatch`, `data/unknown-value` for labels that do not fit the answers
   */
  static async on(
    sections: Sections,
    data: NetworkData,
    options: AblationOptions,
    context: Pick<RunContext, 'threads' | 'signal'>,
  ): Promise<Ablations> {
    const found: Piece[] = []
    for (const examples of pieces(data, options.batch))
      found.push({ examples, values: await sections.activations.of(examples) })
    const own = joined(found.map(({ values }) => values.at(-1)!.data as Float32Array))
    const classes = sections.layers.at(-1)!.width
    const labels = data.labels ?? classesOf(own, classes)
    checkLabels(labels, own.length / classes, classes)
    return new Ablations(sections, found, own, labels, options, context)
  }

  /** The score of the network as it is. */
  get whole(): number {
    return this.options.score.of(this.own, this.own, this.labels)
  }

  /** Keeps the first directions of a layer, all others at 0: x C_keep C^+ (section 5). */
  async nodes(l: number, basis: Basis): Promise<Ablation> {
    const last = this.layers.length - 1
    const answers = asTheyAre(this.layers[last]!.width).into
    const sent = this.pieces.map(({ values }) => sentAlong(values[l]!, basis.into))
    const run = async (count: number): Promise<number> => {
      const found: Float64Array[] = []
      for (const [p, { examples }] of this.pieces.entries()) {
        const some = kept(sent[p]!, j => j < count)
        found.push(
          (await this.forward(l, last).run(examples, some, { back: basis.back, out: answers })).data as Float64Array,
        )
      }
      return this.score(found)
    }
    return this.search(basis.into.columns, run)
  }

  /**
   * Keeps the largest edges of a section, those of the constant besides: outputs that hear the same inputs are computed
   * together, each from its inputs alone (section 5).
   */
  async edges(l: number, from: Basis, to: Basis, edges: Dense): Promise<Ablation> {
    const last = this.layers.length - 1
    const answers = asTheyAre(this.layers[last]!.width).into
    const weights = countedEdges(edges, from.constant).sort((a, b) => b - a)
    const sent = this.pieces.map(({ values }) => sentAlong(values[l]!, from.into))
    const run = async (count: number): Promise<number> => {
      const groups = groupsOf(edges, weights[count - 1]!, from.constant)
      const found: Float64Array[] = []
      for (const [p, { examples }] of this.pieces.entries()) {
        const received = await this.received(l, { from, to }, groups, examples, sent[p]!)
        const final =
          l + 1 === last
            ? answersFrom(received, to)
            : ((await this.forward(l + 1, last).run(examples, received, { back: to.back, out: answers }))
                .data as Float64Array)
        found.push(final)
      }
      return this.score(found)
    }
    return this.search(weights.length, run)
  }

  async close(): Promise<void> {
    await Promise.all([...this.forwards.values()].map(each => each.close()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What the next layer's directions get, group by group. */
  private async received(
    l: number,
    { from, to }: { from: Basis; to: Basis },
    groups: readonly Group[],
    examples: NetworkData,
    sent: HostTensor,
  ): Promise<HostTensor> {
    const width = to.into.columns
    let whole: HostTensor | undefined
    for (const { sources, outputs } of groups) {
      this.context.signal?.throwIfAborted()
      const out = columnsOf(to.into, outputs)
      const part = await this.forward(l, l + 1).run(
        examples,
        kept(sent, j => sources.has(j)),
        { back: from.back, out },
      )
      const count = part.data.length / outputs.length
      whole ??= { dtype: 'float64', dims: [...part.dims.slice(0, -1), width], data: new Float64Array(count * width) }
      for (let row = 0; row < count; row++)
        outputs.forEach((output, k) => (whole!.data[row * width + output] = part.data[row * outputs.length + k]!))
    }
    return whole!
  }

  private score(found: readonly Float64Array[]): number {
    return this.options.score.of(joined(found), this.own, this.labels)
  }

  private async search(count: number, run: (kept: number) => Promise<number>): Promise<Ablation> {
    const target = this.whole - this.options.tolerance
    const known = new Map<number, number>()
    const scored = async (some: number) => {
      this.context.signal?.throwIfAborted()
      if (!known.has(some)) known.set(some, await run(some))
      return known.get(some)!
    }
    const needed = await fewest(count, async some => (await scored(some)) >= target)
    for (let some = 1; some < count; some *= 2) await scored(some)
    await scored(count)
    const curve = [...known].sort(([a], [b]) => a - b).map(([some, score]) => ({ kept: some, score }))
    return { curve, needed, of: count }
  }

  private forward(from: number, to: number): SectionForward {
    const key = `${from} ${to}`
    const known =
      this.forwards.get(key) ??
      new SectionForward(this.network, this.layers[from]!, this.layers[to]!, this.context.threads)
    this.forwards.set(key, known)
    return known
  }
}

/** A single answer is the log-odds of class 1. */
function checkLabels(labels: Int32Array, rows: number, classes: number): void {
  if (labels.length !== rows) {
    throw new InterplayError('shape/mismatch', `${labels.length} labels do not fit ${rows} answers of the network`)
  }
  const most = Math.max(2, classes)
  const place = labels.findIndex(label => label < 0 || label >= most)
  if (place < 0) return
  throw new InterplayError(
    'data/unknown-value',
    `label ${place + 1} is ${labels[place]}, the network tells ${most} classes`,
  )
}

/** Edges that count: all but those from the constant. */
export function countedEdges({ columns, data }: Dense, constant: boolean): number[] {
  return [...data].filter((_, i) => !constant || i % columns > 0)
}

/** Outputs that hear the same inputs. */
interface Group {
  sources: ReadonlySet<number>
  outputs: number[]
}

function groupsOf({ rows, columns, data }: Dense, threshold: number, constant: boolean): Group[] {
  const groups = new Map<string, Group>()
  for (let i = 0; i < rows; i++) {
    const sources = new Set<number>(constant ? [0] : [])
    for (let j = constant ? 1 : 0; j < columns; j++) if (data[i * columns + j]! >= threshold) sources.add(j)
    const key = [...sources].join(' ')
    const group = groups.get(key) ?? { sources, outputs: [] }
    group.outputs.push(i)
    groups.set(key, group)
  }
  return [...groups.values()]
}

function columnsOf(a: Dense, chosen: readonly number[]): Dense {
  const part = dense(a.rows, chosen.length)
  for (let i = 0; i < a.rows; i++)
    chosen.forEach((column, k) => (part.data[i * chosen.length + k] = a.data[i * a.columns + column]!))
  return part
}

/** The last layer's features from its directions. */
function answersFrom({ dims, data }: HostTensor, { back }: Basis): Float64Array {
  const [width, features] = [dims.at(-1)!, back.columns - 1]
  const rows = data.length / width
  const answers = new Float64Array(rows * features)
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++)
      for (let f = 0; f < features; f++)
        answers[row * features + f]! += (data[row * width + j] as number) * back.data[j * back.columns + f]!
  return answers
}

function joined(parts: readonly (Float32Array | Float64Array)[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
