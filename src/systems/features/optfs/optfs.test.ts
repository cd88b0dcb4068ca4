import { describe, expect, it } from 'vitest'
import { compile, float32, grad, int32, State } from '../../../engine/index.ts'
import { Mode, type TableSpec } from '../../../nn/index.ts'
import { categoricalSpec, goldenCases } from '../../../study/index.ts'
import { parseOptions } from '../../../system/index.ts'
import { geometricTemperature, trainingSettings } from '../../../train/index.ts'
import { hardening, product, pruned, small, start } from './closed-forms.ts'
import { GatedModel } from './gated.ts'
import { optfs } from './index.ts'
import { checkOptions, search, trainingOf } from './learn.ts'
import { optfsOptions } from './options.ts'
import { parityOf } from './parity.ts'
import { nextPenalty } from './penalties.ts'
import { plantedValues } from './planted.ts'
import { pruningOf } from './pruned.ts'
import { keptByField, keptShare, refuseNothing } from './selection.ts'

describe('parity with the authors', async () => {
  const cases = (await goldenCases('optfs'))!

  it('covers four backbones, soft and hard', () => {
    expect(cases.length).toBeGreaterThanOrEqual(17)
  })

  it.each(cases)('$name', async golden => {
    const { logits, gradients, others } = await parityOf(golden)
    expect(logits).toBeLessThanOrEqual(1e-5)
    for (const [name, distance] of Object.entries(others)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
    expect(Object.keys(gradients).length).toBeGreaterThan(0)
  })
})

describe('closed forms', () => {
  it('multiplies the gates of a pair', async () => expect(await product()).toBeLessThanOrEqual(1e-5))
  it('starts as the backbone', async () => expect(await start()).toBeLessThanOrEqual(1e-6))
  it('hardens', async () => expect(await hardening()).toBeLessThanOrEqual(1e-6))
  it('prunes without changing an answer', async () => expect(await pruned()).toBeLessThanOrEqual(1e-6))

  it('raises the temperature geometrically from 1 to the last', () => {
    const temperature = geometricTemperature(200, 5)
    const expected = [1, 200 ** 0.25, 200 ** 0.5, 200 ** 0.75, 200]
    expected.forEach((value, epoch) => expect(temperature(17, epoch)).toBeCloseTo(value, 9))
  })

  it('moves a value that no row has by the penalty alone', async () => {
    const spec = categoricalSpec([4, 4])
    const [c, temperature] = [0.2, 3]
    const model = new GatedModel(spec, small)
    const gates = model.values!
    await using program = compile({
      inputs: { ids: int32(['batch', 2]), temperature: float32([]) },
      state: new State({ model }, 1),
      threads: 1,
      trace: leaves => {
        const logits = model.forward({ categorical: leaves.ids!, sequences: {} }, Mode.training(), leaves.temperature!)
        const loss = logits.square().sum().add(model.penalty(leaves.temperature!).mul(0.7))
        return { outputs: { gradient: grad(loss, gates) } }
      },
    })
    program.state.write(gates, new Float32Array(8).fill(c))
    const { gradient } = await program.run({ ids: Int32Array.of(1, 5, 1, 6), temperature })
    const open = 1 / (1 + Math.exp(-temperature * c))
    const alone = 0.7 * temperature * open * (1 - open)
    expect(Number(gradient!.data[2])).toBeCloseTo(alone, 6)
    expect(Math.abs(Number(gradient!.data[1]) - alone)).toBeGreaterThan(1e-6)
  })
})

describe('the next penalty', () => {
  it('bisects to the share wanted, on a logarithmic scale', () => {
    expect(nextPenalty([{ penalty: 0.1, kept: 1 }], 0.3)).toBeCloseTo(1)
    expect(nextPenalty([{ penalty: 0.1, kept: 0 }], 0.3)).toBeCloseTo(0.01)
    const bracket = [
      { penalty: 1, kept: 0 },
      { penalty: 0.01, kept: 0.9 },
    ]
    expect(nextPenalty(bracket, 0.3)).toBeCloseTo(0.1)
    expect(nextPenalty([...bracket, { penalty: 0.1, kept: 0.31 }], 0.3)).toBeUndefined()
  })

  it('without one halves the steepest step until none is steep', () => {
    const visited = [
      { penalty: 0.01, kept: 1 },
      { penalty: 0.1, kept: 0.9 },
      { penalty: 0.4, kept: 0.1 },
      { penalty: 1, kept: 0 },
    ]
    expect(nextPenalty(visited, 0)).toBeCloseTo(0.2)
    expect(nextPenalty(visited.slice(0, 2), 0)).toBeUndefined()
    expect(nextPenalty(visited.slice(0, 1), 0)).toBeCloseTo(0.1)
    expect(nextPenalty(visited.slice(3), 0)).toBeCloseTo(0.1)
  })
})

describe('learning', () => {
  it('keeps what tells something, by a search that is the same for the same seed', async () => {
    const data = plantedValues(2_000, 1)
    const options = optfsOptions.parse({ backbone: 'fm', embeddingDimension: 4, searchEpochs: 3, finalTemperature: 50 })
    const settings = trainingSettings(data.train.rows, { batch: 256, seed: 1, threads: 1 }, trainingOf(options))
    const [strong, weak] = [
      await search(3, data, options, settings, {}),
      await search(1e-6, data, options, settings, {}),
    ]
    expect(weak.kept).toBeGreaterThan(0.5)
    expect(strong.kept).toBeLessThan(0.5 * weak.kept)
    const again = await search(3, data, options, settings, {})
    expect(again.selection.scores).toEqual(strong.selection.scores)
  })

  it('counts and prunes by field, whole fields too', () => {
    const fields: TableSpec['fields'] = [
      { name: 'a', type: 'categorical', size: 4 },
      { name: 'b', type: 'categorical', size: 3 },
      { name: 'n', type: 'numeric', size: 0 },
    ]
    const spec: TableSpec = { ...categoricalSpec([]), fields }
    const selection = { scores: Float32Array.of(9, 1, -1, 1, 9, -1, -1), fieldScores: Float32Array.of(-1) }
    expect(keptByField(spec, selection).map(({ kept }) => kept)).toEqual([2, 0, 0])
    expect(keptShare(spec, selection)).toBeCloseTo(2 / 6)
    const { remap, kept, spec: smaller, open } = pruningOf(spec, selection)
    expect([...remap]).toEqual([0, 1, 0, 2, 3, 3, 3])
    expect([...kept]).toEqual([0, 1, 3, 4])
    expect(smaller.fields.map(({ size }) => size)).toEqual([3, 1, 0])
    expect([...open]).toEqual([0])
  })
})

describe('faults', () => {
  it('nothing to rewind to', () => {
    expect(() => checkOptions(optfsOptions.parse({ rewind: 3, searchEpochs: 3 }))).toThrow(/rewind \(3\)/)
  })

  it.each([{ searchEpochs: 1 }, { finalTemperature: 1 }, { keep: 1 }, { penalties: [0] }])('%o', set => {
    expect(() => parseOptions(optfs, set)).toThrow(new RegExp(Object.keys(set)[0]!))
  })

  it('all gates closed', () => expect(() => refuseNothing([0.3, 1])).toThrow(/no feature is kept/))
})
