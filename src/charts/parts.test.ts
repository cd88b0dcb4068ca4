import { expect, test } from 'vitest'
import fc from 'fast-check'
import { formatCell, toCsv } from './chart.ts'
import { thinCurve } from './encodings.ts'
import { clusteredOrder, strengthOrder } from './field-order.ts'
import { interactionMap } from './interaction-map.ts'
import { ranked } from './interaction.ts'
import { foldRareValues, pairCells, transpose, type PairGrid } from './pair-grid.ts'
import { pairPanels } from './pair-effect.ts'
import { paretoFront } from './pareto.ts'
import { tokens, type Theme } from './theme.ts'
import { sortedClaims, verdictSentence, verdictSummary, verdictTable } from './verdicts.ts'

test('CSV keeps full precision, quotes what needs it, and leaves missing numbers empty', () => {
  const columns = [
    { title: 'name, "x"', format: 'text' },
    { title: 'value', format: 'metric' },
  ] as const
  const rows = [
    ['a\nb', 0.1 + 0.2],
    ['c', null],
  ]
  expect(toCsv({ columns: [...columns], rows })).toBe('"name, ""x""",value\r\n"a\nb",0.30000000000000004\r\nc,\r\n')
  expect(formatCell(0.84464, columns[1])).toBe('0.8446')
  expect([formatCell(null, columns[1]), formatCell('', columns[0])]).toEqual(['–', '–'])
})

test('clustered order puts the blocks of a block matrix together, the stronger first', () => {
  const blocks = [
    [0, 2, 4],
    [1, 3, 5],
  ]
  const strength = Array.from({ length: 6 }, (_, i) =>
    Array.from({ length: 6 }, (_, j) => (i === j ? 0 : i % 2 === j % 2 ? (i % 2 === 0 ? 0.5 : 0.9) : 0.01)),
  )
  const order = clusteredOrder(strength)
  expect(order.slice(0, 3).sort()).toEqual(blocks[1])
  expect(order.slice(3).sort()).toEqual(blocks[0])
})

test('every order is a permutation', () => {
  const matrix = fc
    .integer({ min: 0, max: 12 })
    .chain(n => fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }))
  fc.assert(
    fc.property(matrix, flat => {
      const n = Math.sqrt(flat.length)
      const strength = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => flat[i * n + j]! + flat[j * n + i]!),
      )
      for (const order of [clusteredOrder(strength), strengthOrder(strength)]) {
        expect([...order].sort((a, b) => a - b)).toEqual(strength.map((_, i) => i))
      }
    }),
  )
})

test('thinned curves keep both ends and stay within the step', () => {
  const x = Float64Array.from({ length: 5000 }, (_, i) => i / 4999)
  const thinned = thinCurve(x, x.map(Math.sqrt), 0.01)
  expect(thinned.length).toBeLessThan(210)
  expect([thinned[0], thinned.at(-1)]).toEqual([
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ])
})

const grid: PairGrid = {
  fields: ['a', 'b'],
  kinds: ['categorical', 'categorical'],
  values: [
    ['p', 'q', 'r', 's'],
    ['x', 'y'],
  ],
  joint: [1, 2, 3, 4, 5, 6, 7, 8],
  separate: [0, 0, 0, 0, 0, 0, 0, 0],
  rows: [10, 10, 1, 3, 30, 30, 3, 1],
  low: [0, 1, 2, 3, 4, 5, 6, 7],
  units: 'log-odds',
}

test('a grid turned twice is itself', () => {
  expect(transpose(grid).joint).toEqual([1, 3, 5, 7, 2, 4, 6, 8])
  expect(transpose(transpose(grid))).toEqual({ ...grid, high: undefined })
})

test('rare values fold into one, row-weighted, and no row is lost', () => {
  const folded = foldRareValues(grid, 2)
  expect(folded.values[0]).toEqual(['p', 'r', '2 others'])
  expect(folded.rows).toEqual([10, 10, 30, 30, 4, 4])
  expect(folded.joint.slice(4)).toEqual([(3 * 1 + 7 * 3) / 4, (4 * 3 + 8 * 1) / 4])
  expect(folded.low).toEqual([0, 1, 4, 5, null, null])
  expect(pairCells(folded)).toHaveLength(6)
})

test('the finding of a pair names the strongest cell with at least 20 rows', () => {
  expect(pairPanels(grid)[0]!.title).toBe('r and y add 6.00 log-odds beyond their separate effects (30 rows)')
  const negative = { ...grid, joint: grid.joint.map(value => -value) }
  expect(pairPanels(negative)[0]!.title).toBe('r and y take 6.00 log-odds off their separate effects (30 rows)')
  const few = { ...grid, rows: grid.rows.map(() => 5) }
  expect(pairPanels(few)[0]!.title).toBe('No cell of a × b has 20 rows')
})

test('the map counts what stands out from noise, and above 60 fields draws the strongest 60', () => {
  const fields = Array.from({ length: 70 }, (_, i) => `f${i}`)
  const interactions = fields
    .slice(1)
    .map((field, i) => ({ set: ['f0', field], value: i / 100, low: i / 100 - 0.1, high: 1 }))
  const map = interactionMap({ interactions, fields, units: 'log-odds', rows: 100 })
  expect(map.title).toBe('f0 × f69 interact most: 0.680 log-odds; 58 of 69 pairs stand out from noise')
  expect(map.note).toContain('The strongest 60 of 70 fields are drawn.')
  expect(map.table.rows).toHaveLength(69)
  const noise = interactions.map(entry => ({ ...entry, low: -1 }))
  expect(interactionMap({ interactions: noise, fields, units: 'log-odds', rows: 1 }).title).toBe(
    'No pair is told from noise: all 69 intervals cover zero',
  )
  const tested = interactions.map((entry, i) => ({ ...entry, confirmed: i > 66 }))
  const judged = interactionMap({ interactions: tested, fields, units: 'log-odds', rows: 100 })
  expect(judged.title).toBe('f0 × f69 interact most in the model: 0.680 log-odds; the labels confirm 2 of 69 pairs')
  expect(judged.note).toContain('or that the labels do not confirm')
  expect(
    ranked([
      { set: ['a'], value: 1 },
      { set: ['b'], value: -2 },
    ]).map(entry => [entry.set[0], entry.rank]),
  ).toEqual([
    ['b', 1],
    ['a', 2],
  ])
})

test('the Pareto front leaves out what another beats in both, and published figures', () => {
  const points = [
    { name: 'a', cost: 1, value: 0.5 },
    { name: 'b', cost: 2, value: 0.4 },
    { name: 'c', cost: 3, value: 0.7 },
    { name: 'd', cost: 2, value: 0.9, published: true },
  ]
  expect(paretoFront(points, 'higher').map(point => point.name)).toEqual(['a', 'c'])
  expect(paretoFront(points, 'lower').map(point => point.name)).toEqual(['a', 'b'])
})

test('verdicts: failures first, never softened', () => {
  const claims = [
    { claim: 'A', expected: '<= 1e-5', measured: 3.1e-7, holds: true },
    { claim: 'B', expected: '>= 8 of 13', measured: '5 of 13', holds: false, seeds: [1, 2, 3] },
    { claim: 'C', expected: '<= 0.001', holds: null, note: 'no data' },
  ]
  expect(sortedClaims(claims).map(claim => claim.claim)).toEqual(['B', 'A', 'C'])
  expect(verdictSummary(claims)).toBe('1 holds, 1 does not, 1 not run')
  expect(verdictSummary(claims.slice(0, 1))).toBe('1 holds')
  expect(verdictSummary([claims[1]!, claims[1]!])).toBe('2 do not')
  expect(claims.map(verdictSentence)).toEqual([
    'holds: expected <= 1e-5, measured 3.1e-7',
    'does not hold: expected >= 8 of 13, measured 5 of 13 (3 seeds)',
    'not run: no data',
  ])
  expect(verdictTable(claims).rows[0]).toEqual(['✗ does not hold', 'B', '>= 8 of 13', '5 of 13', 3, null])
})

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map(at => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

test.each(['light', 'dark'] as Theme[])('contrast of every token, %s', theme => {
  const { background, surface, text, muted, controlEdge, accent, onAccent, good, warning, bad, ...ramps } =
    tokens[theme]
  for (const ground of [background, surface]) {
    for (const colour of [text, muted, accent, good, warning, bad])
      expect(contrast(colour, ground)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(controlEdge, ground)).toBeGreaterThanOrEqual(3)
  }
  expect(contrast(onAccent, accent)).toBeGreaterThanOrEqual(4.5)
  for (const colour of ramps.categories)
    expect(contrast(colour, background)).toBeGreaterThanOrEqual(theme === 'light' ? 3.2 : 3)
  const fromGround = ramps.sequential.map(colour => contrast(colour, background))
  expect(fromGround).toEqual([...fromGround].sort((a, b) => a - b))
  const arms = ramps.diverging.map(colour => contrast(colour, background))
  expect([arms[0]! > arms[1]!, arms[1]! > arms[2]!, arms[3]! > arms[2]!, arms[4]! > arms[3]!]).toEqual(
    Array(4).fill(true),
  )
})
