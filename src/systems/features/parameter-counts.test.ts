import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { countParameters, type TableSpec } from '../../nn/index.ts'
import { parseOptions, parseProtocol } from '../../system/index.ts'
import { tableSystem } from '../index.ts'

const path = new URL('../../../bench/protocols/frappe.yaml', import.meta.url)
const protocol = parseProtocol('frappe.yaml', readFileSync(path, 'utf8'))

/** Rows of the embedding tables of Frappe_x1, padding and unknown counted: 5,399 in all. */
const vocabularies = {
  ...{ user: 956, item: 4084, daytime: 9, weekday: 9, isweekend: 4, homework: 5, cost: 4, weather: 11 },
  ...{ country: 82, city: 235 },
}

/** `without`: rows each table lacks; the benchmark's first version had no row for padding, so 5,389 in all. */
function parametersOf(row: string, without: 0 | 1): number {
  const { system, options } = protocol.rows[row]!
  const spec: TableSpec = {
    fields: Object.entries(vocabularies).map(([name, size]) => ({ name, type: 'categorical', size: size - without })),
    targets: [{ name: 'label', kind: 'binary', classes: ['0', '1'] }],
    rows: 202_027,
  }
  const { create, ...rest } = tableSystem(system)
  return countParameters(create!(parseOptions(rest, options), spec))
}

describe('trained values on Frappe_x1', () => {
  it.each([
    ['lr', 5_390],
    ['fm', 59_280],
    // The log prints 781,892, its MLP being registered twice.
    ['dnn', 417_891],
    ['deepfm', 423_280],
    ['dcnv2', 458_391],
    ['autoint', 306_051],
    ['autoint+', 622_180],
  ])('%s has the %i of its official run, on 5,389 rows', (row, published) => {
    expect(parametersOf(row, 1)).toBe(published)
  })

  it('finalmlp has the 253,392 of its official run, on 5,399 rows', () => {
    expect(parametersOf('finalmlp', 0)).toBe(253_392)
  })

  it('dualmlp is two towers on the embeddings: no count was published', () => {
    const embeddings = 10 * 5_399
    const tower = (width: number) => 100 * width + width + 2 * width + width + 1
    expect(parametersOf('dualmlp', 0)).toBe(embeddings + tower(400) + tower(100))
  })

  it('grows by its embedding rows alone from 5,389 to 5,399', () => {
    const dimensions = { lr: 1, fm: 11, dnn: 10, deepfm: 11, dcnv2: 10, autoint: 10, 'autoint+': 10, dualmlp: 10 }
    for (const [row, dimension] of Object.entries(dimensions))
      expect(parametersOf(row, 0) - parametersOf(row, 1), row).toBe(10 * dimension)
    // Its gates carry tables of their own for user and item.
    expect(parametersOf('finalmlp', 0) - parametersOf('finalmlp', 1)).toBe(10 * 10 + 2 * 10)
  })

  it('covers every row with a published figure', () => {
    const published = Object.keys(protocol.rows).filter(row => protocol.rows[row]!.published)
    expect(published.sort()).toEqual(
      ['lr', 'fm', 'dnn', 'deepfm', 'dcnv2', 'autoint', 'autoint+', 'dualmlp', 'finalmlp'].sort(),
    )
  })
})
