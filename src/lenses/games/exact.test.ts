import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskOf, membersOf, popcount } from './bits.ts'
import { exactIndex, indexOfSparseMoebius, valueOf } from './exact.ts'
import { indices, type IndexName } from './indices.ts'
import { moebius, subsetSums, walsh } from './transform.ts'

/** A game from a function of who is present. */
const game = (players: number, value: (has: (player: number) => boolean) => number) =>
  Float64Array.from({ length: 1 << players }, (_, mask) => value(player => ((mask >> player) & 1) === 1))
const unanimity = (players: number, ...sets: number[][]) =>
  game(players, has => sets.filter(set => set.every(has)).length)
const count = (has: (player: number) => boolean) => [0, 1, 2].filter(has).length

const pair = game(3, has => Number(has(0) && has(1)) + Number(has(2)))
const triple = unanimity(3, [0, 1, 2])
const majority = game(3, has => Number(count(has) >= 2))
const parity = game(3, has => count(has) % 2)

describe('indices of games with known values', () => {
  const rows: [string, Float64Array, IndexName, number, number[], number][] = []
  const known = (name: string, of: Float64Array, index: IndexName, order: number, values: [number[], number][]) =>
    values.forEach(([set, value]) => rows.push([name, of, index, order, set, value]))
  const each = (sets: number[][], value: number): [number[], number][] => sets.map(set => [set, value])
  const singles = [[0], [1], [2]]
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ]

  known('u_12 + u_3', pair, 'SV', 1, [[[0], 0.5], [[1], 0.5], [[2], 1]]) // prettier-ignore
  for (const index of ['SII', 'BII', 'STII', 'FSII'] as const)
    known('u_12 + u_3', pair, index, 2, [[[0, 1], 1], [[0, 2], 0], [[1, 2], 0]]) // prettier-ignore
  known('u_12 + u_3', pair, 'k-SII', 2, [[[0], 0], [[1], 0], [[2], 1]]) // prettier-ignore

  known('u_123', triple, 'SV', 1, each(singles, 1 / 3))
  known('u_123', triple, 'BV', 1, each(singles, 1 / 4))
  known('u_123', triple, 'SII', 2, each(pairs, 1 / 2))
  known('u_123', triple, 'BII', 2, each(pairs, 1 / 2))
  known('u_123', triple, 'STII', 2, each(pairs, 1 / 3))
  for (const index of ['k-SII', 'FSII'] as const)
    known('u_123', triple, index, 2, [...each(singles, -1 / 6), ...each(pairs, 1 / 2)])
  known('u_123', triple, 'FBII', 2, [[[], 1 / 8], ...each(singles, -1 / 4), ...each(pairs, 1 / 2)])

  known('majority', majority, 'Moebius', 3, [...each(pairs, 1), [[0, 1, 2], -2]])
  known('majority', majority, 'SV', 1, each(singles, 1 / 3))
  known('majority', majority, 'BV', 1, each(singles, 1 / 2))
  known('majority', majority, 'SII', 2, each(pairs, 0))
  known('majority', majority, 'BII', 3, [...each(pairs, 0), [[0, 1, 2], -2]])
  known('majority', majority, 'FSII', 2, [...each(singles, 1 / 3), ...each(pairs, 0)])
  known('majority', majority, 'FBII', 2, [[[], -1 / 4], ...each(singles, 1 / 2)])

  known('parity', parity, 'Moebius', 3, [...each(singles, 1), ...each(pairs, -2), [[0, 1, 2], 4]])
  known('parity', parity, 'SV', 1, each(singles, 1 / 3))
  known('parity', parity, 'BV', 1, each(singles, 0))
  known('parity', parity, 'SII', 3, [...each(pairs, 0), [[0, 1, 2], 4]])
  known('parity', parity, 'BII', 3, [...each(pairs, 0), [[0, 1, 2], 4]])

  it.each(rows)('%s: %# %s', (_, of, index, order, set, value) => {
    expect(Math.abs(valueOf(exactIndex(of, index, order), set)! - value)).toBeLessThan(1e-9)
  })

  it('gives an additive game no interaction of any index', () => {
    const additive = game(4, has => [0.3, -1, 2, 0.7].reduce((sum, w, p) => sum + (has(p) ? w : 0), 0.5))
    for (const index of Object.keys(indices) as IndexName[]) {
      if (index === 'CoMoebius') continue
      const { sets, values } = exactIndex(additive, index, 3)
      sets.forEach((set, k) => set.length > 1 && expect(Math.abs(values[k]!)).toBeLessThan(1e-12))
    }
  })
})

describe('axioms on random games', () => {
  const values = (players: number) =>
    fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1 << players, maxLength: 1 << players })
      .map(list => Float64Array.from(list))
  const games = fc.integer({ min: 1, max: 8 }).chain(values)
  const names = Object.keys(indices) as IndexName[]
  const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(1e-9)
  const total = (list: Float64Array) => list.reduce((sum, value) => sum + value, 0)

  it('moebius and subsetSums undo each other; walsh is its own inverse but for the scale', () => {
    fc.assert(
      fc.property(games, v => {
        subsetSums(moebius(v.slice())).forEach((value, k) => close(value, v[k]!))
        walsh(walsh(v.slice())).forEach((value, k) => close(value * v.length, v[k]!))
      }),
    )
  })

  it('efficiency: SV, k-SII, STII, FSII add up to v(N) - v(empty)', () => {
    fc.assert(
      fc.property(games, fc.integer({ min: 1, max: 4 }), (v, order) => {
        for (const name of names) {
          if (!('sum' in indices[name])) continue
          close(total(exactIndex(v, name, order).values), v.at(-1)! - v[0]!)
        }
      }),
    )
  })

  it('linearity: an index of a sum is the sum of the indices', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain(n => fc.tuple(values(n), values(n))),
        ([v, w]) => {
          for (const name of names) {
            const both = exactIndex(v.map((value, k) => 2 * value - w[k]!), name, 2).values // prettier-ignore
            const [first, second] = [exactIndex(v, name, 2).values, exactIndex(w, name, 2).values]
            both.forEach((value, k) => close(value, 2 * first[k]! - second[k]!))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('symmetry: renaming the players renames the values', () => {
    const renamed = fc
      .integer({ min: 2, max: 6 })
      .chain(n => fc.tuple(values(n), fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n })))
    fc.assert(
      fc.property(renamed, ([v, order]) => {
        const moved = new Float64Array(v.length)
        v.forEach((value, mask) => (moved[maskOf(membersOf(mask).map(p => order[p]!))] = value))
        for (const name of names) {
          const [before, after] = [exactIndex(v, name, 3), exactIndex(moved, name, 3)]
          before.sets.forEach((set, k) => {
            const target = set.map(p => order[p]!).sort((a, b) => a - b)
            close(before.values[k]!, valueOf(after, target)!)
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  it('dummy: a player that adds a constant has that value and no interaction', () => {
    fc.assert(
      fc.property(games, fc.double({ min: -1, max: 1, noNaN: true }), (v, added) => {
        const dummy = Math.log2(v.length)
        const wider = Float64Array.from({ length: v.length * 2 }, (_, m) =>
          m < v.length ? v[m]! : v[m - v.length]! + added,
        )
        for (const name of names) {
          if (name === 'CoMoebius') continue
          const { sets, values: result } = exactIndex(wider, name, 3)
          sets.forEach((set, k) => {
            if (!set.includes(dummy)) return
            // k-SII, FSII and the like keep it too: their corrections run over sets that contain the dummy.
            close(result[k]!, set.length === 1 ? added : 0)
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  it('2-efficiency: merging two players gives the Banzhaf value of the pair their sum', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7 }).chain(values), v => {
        const merged = Float64Array.from({ length: v.length / 2 }, (_, m) => v[(m >> 1) * 4 + (m & 1) * 3]!)
        const [apart, together] = [exactIndex(v, 'BV', 1).values, exactIndex(merged, 'BV', 1).values]
        close(together[0]!, apart[0]! + apart[1]!)
      }),
    )
  })

  it('recursion: SII of a pair is the value of one with the other present less with it absent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7 }).chain(values), v => {
        const half = v.length / 2
        const last = Math.log2(v.length) - 1
        const sii = exactIndex(v, 'SII', 2)
        const [absent, present] = [exactIndex(v.slice(0, half), 'SV', 1), exactIndex(v.slice(half), 'SV', 1)]
        for (let p = 0; p < last; p++) close(valueOf(sii, [p, last])!, present.values[p]! - absent.values[p]!)
      }),
    )
  })

  it('faithfulness: FSII and FBII are the least-squares fits they are defined as', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7 }).chain(values), fc.integer({ min: 1, max: 3 }), (v, order) => {
        const players = Math.log2(v.length)
        const kernel = (t: number) => {
          if (t === 0 || t === players) return 0
          let ways = 1
          for (let i = 1; i <= t; i++) ways *= (players - i + 1) / i
          return (players - 1) / (ways * t * (players - t))
        }
        const slopes = (name: 'FSII' | 'FBII', weight: (t: number) => number, constant: number) => {
          const { sets, values: fitted } = exactIndex(v, name, order)
          const masks = sets.map(maskOf)
          const residual = v.map((value, T) =>
            masks.reduce((rest, S, k) => rest - ((S & ~T) === 0 ? fitted[k]! : 0), value - constant),
          )
          const weighted = residual.map((rest, T) => rest * weight(popcount(T)))
          return masks.map(S => weighted.reduce((sum, rest, T) => sum + ((S & ~T) === 0 ? rest : 0), 0))
        }
        const shapley = slopes('FSII', kernel, v[0]!)
        shapley.forEach(slope => close(slope, shapley[0]!))
        slopes('FBII', () => 1 / v.length, 0).forEach(slope => close(slope, 0))
      }),
      { numRuns: 40 },
    )
  })

  it('reads the same values from sparse coefficients', () => {
    fc.assert(
      fc.property(games, v => {
        const players = Math.log2(v.length)
        const terms = [...moebius(v.slice())].map((a, mask): [number[], number] => [membersOf(mask), a])
        for (const name of names) {
          const [sparse, dense] = [indexOfSparseMoebius(players, terms, name, 3), exactIndex(v, name, 3)]
          expect(sparse.sets).toEqual(dense.sets)
          sparse.values.forEach((value, k) => close(value, dense.values[k]!))
        }
      }),
      { numRuns: 20 },
    )
  })

  it('counts bits', () => {
    fc.assert(fc.property(fc.nat(2 ** 31 - 1), mask => popcount(mask) === membersOf(mask).length))
  })
})
