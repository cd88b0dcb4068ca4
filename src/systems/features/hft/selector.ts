import { Random } from '../../../random/index.ts'
import { DecayingMoments, DecayingRelevance, kMeans, seedCenters, varianceWithin } from '../../../streaming/index.ts'
import { featureGroups } from './groups.ts'
import type { HftOptions } from './options.ts'

/** A newcomer must beat the weakest member by this much, this often in a row. */
const [margin, patience] = [1.1, 3]
/** Half-lives are this many times shorter, for so many ticks, after a drift. */
const [hurry, hurriedTicks] = [4, 1000]
/** Rounds of k-means that a choice goes on with from the last centres. */
const rounds = 1
const weightPower = 0.3
/** Fewer rows than this tell nothing of what goes together. */
const leastRows = 100

/** What a selector knows, as it is saved. */
export interface SelectorState {
  mean: Float64Array
  variance: Float64Array
  weight: number
  densities: Float64Array
  members: Int32Array
}

/**
 * Chooses the features that are listened to: relevant to the class (mutual information that forgets), told apart well by
 * clusters of recent rows (the inverse of the variance that the clusters leave), and one of each group that goes together.
 */
export class Selector {
  /** 1 for features that are listened to: [features]. */
  readonly mask: Float32Array
  private members: number[]
  private readonly moments: DecayingMoments
  private readonly relevance: DecayingRelevance
  private readonly recent: Float32Array
  private readonly beaten: Int32Array
  private centers?: Float64Array
  private seen = 0
  private sinceChoice = 0
  private hurried = 0

  constructor(
    private readonly features: number,
    classes: number,
    private readonly options: HftOptions,
    private readonly seed: number,
  ) {
    const { scaleHalfLife, relevanceHalfLife, recent, selection } = options
    this.moments = new DecayingMoments(features, scaleHalfLife)
    this.relevance = new DecayingRelevance(features, { classes, halfLife: relevanceHalfLife })
    this.recent = new Float32Array(recent * features)
    this.beaten = new Int32Array(features)
    const order = new Random(seed, 'hft.members').permutation(features)
    this.members = [...order.subarray(0, selection === 'all' ? features : this.count)]
    this.mask = new Float32Array(features)
    this.remember()
  }

  private get count(): number {
    return Math.min(this.options.select, this.features)
  }

  get chosen(): readonly number[] {
    return this.members
  }

  /** Takes in a tick of raw features and writes it scaled; chooses anew where it is time to. */
  see(values: Float32Array, offset: number, into: Float32Array): void {
    this.moments.add(values, offset)
    this.moments.scale(values, into, { offset })
    this.recent.set(into, (this.seen++ % this.options.recent) * this.features)
    if (this.hurried > 0 && --this.hurried === 0) this.setHalfLives(1)
    if (this.options.selection === 'live' && ++this.sinceChoice >= this.options.evaluateEvery) this.choose()
  }

  /** A tick that was seen scaled, now that its class is known. */
  learn(scaled: Float32Array, label: number, offset = 0): void {
    this.relevance.add(scaled, label, offset)
  }

  /** What was learned holds no more: forgets faster for a while, and chooses at once. */
  hurry(): void {
    this.hurried = hurriedTicks
    this.setHalfLives(hurry)
    if (this.options.selection === 'live') this.choose()
  }

  private setHalfLives(faster: number): void {
    this.moments.halfLife = this.options.scaleHalfLife / faster
    this.relevance.halfLife = this.options.relevanceHalfLife / faster
  }

  /** Listens to these features from now on, until it chooses again itself. */
  listenTo(features: ArrayLike<number>): void {
    this.members = Array.from(features)
    this.remember()
  }

  /** Chooses by what is known now; `outright` without regard to who is a member. */
  choose({ outright = false } = {}): void {
    this.sinceChoice = 0
    const rows = Math.min(this.seen, this.options.recent)
    if (rows < Math.min(leastRows, this.options.recent)) return
    const scores = this.scores()
    const best = featureGroups(this.recent, this.features, rows)
      .map(group => group.reduce((a, b) => (scores[b]! > scores[a]! ? b : a)))
      .sort((a, b) => scores[b]! - scores[a]!)
      .slice(0, this.count)
    if (outright) {
      const rest = [...scores.keys()].filter(j => !best.includes(j)).sort((a, b) => scores[b]! - scores[a]!)
      this.members = [...best, ...rest.slice(0, this.count - best.length)]
    } else this.admit(best, scores)
    this.remember()
  }

  private admit(best: readonly number[], scores: Float64Array): void {
    const needed = this.hurried > 0 ? 1 : patience
    const outsiders = best.filter(j => !this.members.includes(j))
    for (let j = 0; j < this.features; j++) if (!outsiders.includes(j)) this.beaten[j] = 0
    for (const newcomer of outsiders) {
      const weakest = this.members.reduce((a, b) => (scores[b]! < scores[a]! ? b : a))
      if (scores[newcomer]! <= margin * scores[weakest]!) this.beaten[newcomer] = 0
      else if (++this.beaten[newcomer]! >= needed) {
        this.members[this.members.indexOf(weakest)] = newcomer
        this.beaten[newcomer] = 0
      }
    }
  }

  /** s_j = w_j^0.3 I_j. */
  private scores(): Float64Array {
    const information = this.relevance.information()
    const weights = this.weights()
    return information.map((nats, j) => weights[j]! ** weightPower * nats)
  }

  /** w_j = (1 / (V_j + 1e-6)) / sum, V_j being what clusters of recent rows leave of a feature's variance. */
  private weights(): Float64Array {
    const { features, options } = this
    const rows = Math.min(this.seen, options.recent)
    if (rows < options.clusters) return new Float64Array(features).fill(1 / features)
    const points = this.recent.subarray(0, rows * features)
    this.centers ??= seedCenters(points, features, options.clusters, new Random(this.seed, 'hft.centers'))
    const clusters = kMeans(points, features, this.centers, rounds)
    this.centers = clusters.centers
    const inverse = varianceWithin(points, features, clusters).map(variance => 1 / (variance + 1e-6))
    const total = inverse.reduce((sum, each) => sum + each, 0)
    return inverse.map((each, j) => (this.moments.variance[j]! > 1e-12 ? each / total : 0))
  }

  private remember(): void {
    this.mask.fill(0)
    for (const j of this.members) this.mask[j] = 1
  }

  save(): SelectorState {
    const { mean, variance, weight } = this.moments
    return { mean, variance, weight, densities: this.relevance.weightsNow(), members: Int32Array.from(this.members) }
  }

  restore({ mean, variance, weight, densities, members }: SelectorState): void {
    this.moments.mean.set(mean)
    this.moments.variance.set(variance)
    this.moments.weight = weight
    this.relevance.weights.set(densities)
    this.listenTo(members)
  }
}
