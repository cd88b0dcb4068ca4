import type { Random } from '../../random/index.ts'

/** Tries before an item that its user chose too is taken for want of another. */
const tries = 50

/**
 * Draws items that a user did not choose: a share of them as often as training events have them, the others uniformly.
 * What a user chose in training is never drawn, unless there is next to nothing else.
 */
export class NegativeSampler {
  private readonly chosen: ReadonlySet<number>[]

  /** `user` and `item` are those of the training events, among so many items. */
  constructor(
    user: Int32Array,
    private readonly item: Int32Array,
    users: number,
    private readonly items: number,
    private readonly popular: number,
  ) {
    const chosen = Array.from({ length: users }, () => new Set<number>())
    user.forEach((who, i) => chosen[who]!.add(item[i]!))
    this.chosen = chosen
  }

  /** Whether a user chose an item in training. */
  known(user: number, item: number): boolean {
    return this.chosen[user]!.has(item)
  }

  draw(user: number, random: Random): number {
    let drawn = 0
    for (let attempt = 0; attempt < tries; attempt++) {
      const popular = random.uniform() < this.popular
      drawn = popular ? this.item[random.integer(this.item.length)]! : random.integer(this.items)
      if (!this.chosen[user]!.has(drawn)) break
    }
    return drawn
  }
}
