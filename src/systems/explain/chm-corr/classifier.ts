import { InterplayError } from '../../../errors/index.ts'
import {
  attention,
  checkMask,
  CosineIndex,
  maskedMean,
  nearestCells,
  similarityMap,
  spatialSimilarity,
  strongestMean,
  vote,
  type CellFeatures,
  type Correspondence,
  type GridMask,
  type Vote,
} from '../../../lenses/index.ts'

/** Labelled images that queries are compared with. */
export interface Support {
  rows: number
  columns: number
  channels: number
  /** [images, channels, cells] */
  maps: Float32Array
  labels: Int32Array
  classes: readonly string[]
  names: readonly string[]
  /** Of the pixels. */
  hashes: readonly string[]
}

export interface CorrOptions {
  /** Images looked at, the nearest by cosine of their mean features. */
  shortlist: number
  /** Images that vote. */
  voters: number
  /** Of the attention, from 0 to 1. */
  threshold: number
  /** Pairs of patches that score without a person, and that are shown. */
  strongest: number
  /** Score with a person: the mean over all cells, or the strongest as without. */
  edited: 'mean' | 'strongest'
}

/** An image of the shortlist and how its cells answer the query's. */
export interface Candidate {
  /** Place in the support. */
  item: number
  label: number
  correspondence: Correspondence
  /** Of each of the query's cells, [cells]. */
  similarities: Float64Array
  attention: GridMask
}

/** All that is needed to answer a query again with another mask. */
export interface Look {
  rows: number
  columns: number
  candidates: readonly Candidate[]
  /** The vote of the nearest, without patches. */
  nearest: Vote
  /** The support's image of the very same pixels, where there is one. */
  leak?: string
}

export interface Evidence {
  item: number
  label: number
  score: number
  /** The strongest pairs: a cell of the query, its cell in this image, how alike they are. */
  pairs: readonly { from: number; to: number; similarity: number }[]
}

export interface CorrAnswer extends Vote {
  /** Images that voted for the label, the best first. */
  evidence: readonly Evidence[]
  /** `strongest` without a person's mask. */
  scoring: 'strongest' | 'mean'
}

/** Tells what an image shows by the patches it shares with labelled images (CHM-Corr, Taesiri et al. 2022). */
export class CorrClassifier {
  private readonly index: CosineIndex

  /** @throws InterplayError `option/conflict` where fewer images are looked at, or are there, than vote */
  constructor(
    readonly support: Support,
    readonly options: CorrOptions,
  ) {
    const { voters, shortlist } = options
    const refuse = (what: string, where: string) => new InterplayError('option/conflict', what, { where })
    if (shortlist < voters)
      throw refuse(`shortlist (${shortlist}) must hold the voters (${voters})`, '--set shortlist, --set voters')
    if (support.labels.length < voters)
      throw refuse(`${support.labels.length} training images cannot give ${voters} voters`, '--set voters')
    this.index = new CosineIndex(meansOf(support), support.channels)
  }

  /** Finds and compares the images that may decide; `features` are the query's, `hash` that of its pixels. */
  look(features: Float32Array, hash?: string): Look {
    const { rows, columns, channels, maps, labels, hashes, names } = this.support
    const query: CellFeatures = { channels, rows, columns, values: features }
    const size = channels * rows * columns
    const { items } = this.index.nearest(meansOf({ rows, columns, maps: features }), this.options.shortlist)
    const candidates = Array.from(items, (item): Candidate => {
      const own: CellFeatures = { channels, rows, columns, values: maps.subarray(item * size, (item + 1) * size) }
      const correspondence = nearestCells(query, own)
      return {
        item,
        label: labels[item]!,
        correspondence,
        similarities: similarityMap(query, own, correspondence.target),
        attention: attention(spatialSimilarity(query, own), this.options.threshold),
      }
    })
    const nearest = vote(
      candidates.map(({ label }) => label),
      this.options.voters,
    )
    const same = hash === undefined ? -1 : hashes.indexOf(hash)
    return { rows, columns, candidates, nearest, ...(same >= 0 && { leak: names[same]! }) }
  }

  /**
   * What a looked-at image shows, by each candidate's own attention or by a person's mask; ties are broken by further voters.
   * @throws InterplayError `data/mask`
   */
  answer({ candidates, rows, columns }: Look, mask?: GridMask): CorrAnswer {
    const { voters, strongest, edited } = this.options
    if (mask) checkMask(mask, rows * columns)
    const scoring = mask && edited === 'mean' ? 'mean' : 'strongest'
    const scored = candidates.map(candidate => {
      const { similarities } = candidate
      const seen = mask ?? candidate.attention
      const score = scoring === 'mean' ? maskedMean(similarities, seen) : strongestMean(similarities, seen, strongest)
      return { candidate, seen, score }
    })
    // a stable sort: of equal scores the nearer image goes first
    scored.sort((a, b) => b.score - a.score)
    const decided = vote(
      scored.map(({ candidate }) => candidate.label),
      voters,
      { untilDecided: true },
    )
    const shown = mask ? mask.reduce((sum, value) => sum + value, 0) : strongest
    const evidence = scored
      .filter(({ candidate }, place) => place < decided.of && candidate.label === decided.label)
      .map(({ candidate, seen, score }) => ({
        item: candidate.item,
        label: candidate.label,
        score,
        pairs: pairsOf(candidate, seen, shown),
      }))
    return { ...decided, evidence, scoring }
  }

  /** The mask that editing starts from: cells that at least half of the first voters attend to, or the commonest ones. */
  startingMask({ candidates, rows, columns }: Look): GridMask {
    const first = candidates.slice(0, this.options.voters)
    const counts = Float64Array.from({ length: rows * columns }, (_, cell) =>
      first.reduce((sum, { attention: own }) => sum + own[cell]!, 0),
    )
    const least = Math.min(first.length / 2, Math.max(...counts))
    return Uint8Array.from(counts, count => Number(count >= least))
  }
}

function pairsOf({ similarities, correspondence }: Candidate, seen: GridMask, count: number): Evidence['pairs'] {
  return [...similarities.keys()]
    .filter(cell => seen[cell] === 1)
    .sort((a, b) => similarities[b]! - similarities[a]! || a - b)
    .slice(0, count)
    .map(from => ({ from, to: correspondence.target[from]!, similarity: similarities[from]! }))
}

/** Mean features of images, [images, channels]. */
function meansOf({ rows, columns, maps }: Pick<Support, 'rows' | 'columns' | 'maps'>): Float32Array {
  const cells = rows * columns
  return Float32Array.from({ length: maps.length / cells }, (_, at) => {
    let sum = 0
    for (let cell = 0; cell < cells; cell++) sum += maps[at * cells + cell]!
    return sum / cells
  })
}
