import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../random/index.ts'
import { State } from '../../../engine/index.ts'
import { goldenCases } from '../../../study/parity.ts'
import { categoricalSpec, probe, randomIds } from '../../../study/index.ts'
import { fit } from '../../../verbs/index.ts'
import { explainPredictor } from '../../../verbs/explain/explain.ts'
import { InformationTransfer } from './baselines.ts'
import { chained, checkChain, isChain } from './chain.ts'
import { oneGroup, permutedFields, plantedRates, rising, strayGradients, weightsWithoutEffect } from './closed-forms.ts'
import { apem } from './index.ts'
import { Apem } from './model.ts'
import { parityOf } from './parity.ts'
import { membershipOf, patternsView } from './view.ts'
import type { TableSpec } from '../../../nn/index.ts'
import { compile, float32 } from '../../../engine/index.ts'

describe('parity', async () => {
  const cases = (await goldenCases('apem'))!

  it('covers set attention, MMoE, PLE, AITM and the whole model', () => expect(cases).toHaveLength(12))

  it.each(cases)('$name', async golden => {
    const { outputs, gradients } = await parityOf(golden)
    for (const [name, distance] of Object.entries(outputs)) expect(distance, name).toBeLessThanOrEqual(1e-5)
    for (const [path, distance] of Object.entries(gradients)) expect(distance, path).toBeLessThanOrEqual(1e-4)
  })
})

describe('identities', () => {
  it('fields may change places', async () => expect(await permutedFields()).toBeLessThanOrEqual(1e-5))
  it('no step is likelier than the one before', async () => expect(await rising()).toBeLessThanOrEqual(0))
  it('one group is no grouping', async () => expect(await oneGroup()).toBeLessThanOrEqual(1e-6))
  it('gradients go where they should', async () => {
    const { later, masked, own } = await strayGradients()
    expect([later, masked]).toEqual([0, 0])
    expect(own).toBeGreaterThan(0)
  })
  it('weights stay where nothing comes of them', async () => {
    const { weight, moved } = await weightsWithoutEffect()
    expect(weight).toBeGreaterThan(0)
    expect(moved).toBe(0)
  })
  it('the funnel is one, at its rates', () => {
    const { rates, broken } = plantedRates()
    expect(broken).toBe(0)
    for (const rate of rates) expect(Math.abs(rate - 0.5)).toBeLessThan(0.1)
  })
  it('a chain of rare and of certain steps keeps its digits', async () => {
    await using program = compile({
      inputs: { steps: float32(['batch', 3]) },
      state: new State({}, 1),
      threads: 1,
      trace: ({ steps }) => ({ outputs: { reached: chained(steps) } }),
    })
    const steps = [-12, -12, -12, 15, 15, 15, 0, 0, 0]
    const { reached } = await program.run({ steps: Float32Array.from(steps) })
    const exact = [0, 3, 6].flatMap(start => {
      const chances = steps.slice(start, start + 3).map(logit => 1 / (1 + Math.exp(-logit)))
      const missed = steps.slice(start, start + 3).map(logit => 1 / (1 + Math.exp(logit)))
      return [1, 2, 3].map(count => {
        const reach = chances.slice(0, count).reduce((product, chance) => product * chance, 1)
        let [left, none] = [1, 0]
        for (let t = 0; t < count; t++) {
          none += left * missed[t]!
          left *= chances[t]!
        }
        return Math.log(reach / none)
      })
    })
    exact.forEach((value, at) =>
      expect(Math.abs(Number(reached.data[at]) / (value || 1) - (value ? 1 : 0))).toBeLessThan(1e-5),
    )
  })
})

describe('targets', () => {
  const binary = (name: string) => ({ name, kind: 'binary' as const, classes: ['no', 'yes'] as [string, string] })
  const number = { name: 'price', kind: 'regression' as const, mean: 0, deviation: 1 }

  it('several binary ones are a chain unless it is off', () => {
    expect(isChain([binary('a'), binary('b')], { chain: 'auto' })).toBe(true)
    expect(isChain([binary('a'), binary('b')], { chain: 'off' })).toBe(false)
    expect(isChain([binary('a'), number], { chain: 'auto' })).toBe(false)
    expect(() => isChain([binary('a'), number], { chain: 'on' })).toThrow(/several targets of two values/)
  })

  it('a step without the one before is refused with its rows', () => {
    const part = (targets: number[][], rowNumber: number[]) => ({
      rows: rowNumber.length,
      targets: targets.map(list => Float32Array.from(list)),
      rowNumber: Int32Array.from(rowNumber),
    })
    const data = {
      spec: { targets: [binary('click'), binary('pay')] },
      train: part(
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
        [4, 9, 1],
      ),
      valid: part([[0], [1]], [2]),
      test: part([[1], [1]], [3]),
    } as unknown as Parameters<typeof checkChain>[0]
    expect(() => checkChain(data, { chain: 'auto' })).toThrow("'pay' without 'click' in 2 rows, first rows 2, 9")
    expect(() => checkChain(data, { chain: 'off' })).not.toThrow()
  })

  it('heads must divide the width', () => {
    const spec = categoricalSpec([3, 4])
    expect(() => apem.create!(apem.options.parse({ heads: 3 }), spec)).toThrow(/heads \(3\) must divide/)
  })
})

it('a step shows its own patterns; a model that picks nothing shows no weights', async () => {
  const spec: TableSpec = {
    ...categoricalSpec([4, 5, 6]),
    targets: [0, 1].map(t => ({ name: `step${t}`, kind: 'binary', classes: ['0', '1'] })),
  }
  const ids = randomIds(spec, 8)
  const starts = [0, 4, 9]
  const table = {
    rows: 8,
    categorical: ids.map((id, at) => id + starts[at % 3]!),
    numeric: new Float32Array(),
    sequences: [],
    targets: [],
    rowNumber: Int32Array.from({ length: 8 }, (_, row) => row + 1),
  }
  const viewOf = async (given: object, output: number) => {
    const model = new Apem(spec, apem.options.parse({ embeddingDimension: 4, hidden: [4], groups: 2, ...given }))
    const state = new State({ model }, 3)
    for (const own of membershipOf({ model, state }))
      expect([...own].reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6)
    return patternsView({ model, spec, state }, table, { output })
  }
  const [first, second] = [await viewOf({}, 0), await viewOf({}, 1)]
  expect(first.pairs).toHaveLength(3)
  expect(first.pairs).not.toEqual(second.pairs)
  expect(second.notes[0]).toContain('step1')
  expect(first.figures.map(({ units }) => units)).toEqual(['mean weight', 'membership'])
  const sums = first.figures[0]!.table.rows.reduce((sum, row) => sum + (row[2] as number), 0)
  expect(sums).toBeCloseTo(2, 2)
  const none = await viewOf({ selector: 'mean', groups: 1 }, 0)
  expect([none.pairs, none.figures]).toEqual([[], []])
})

it('AITM transfers by its equations: where both maps agree on nothing, what is told and what is found count alike', async () => {
  const spec: TableSpec = {
    ...categoricalSpec([4, 5]),
    targets: [0, 1].map(t => ({ name: `step${t}`, kind: 'binary', classes: ['0', '1'] })),
  }
  const model = new InformationTransfer(spec, { embeddingDimension: 2, shared: [3], experts: 1, gate: [], tower: [] })
  const change = (state: State) => {
    for (const path of ['attention.first.weight', 'attention.third.weight', 'transfers.0.weight', 'transfers.0.bias'])
      state.read(`model.${path}`).data.fill(0)
    // h3 is the identity, so that z_2 is half of q_2, as p_2 is 0
    const third = state.read('model.attention.third.weight').data
    for (let k = 0; k < 3; k++) third[k * 3 + k] = 1
    for (const part of ['weight', 'bias']) {
      const [from, to] = [0, 1].map(t => state.read(`model.towers.${t}.output.${part}`).data)
      to!.set(from as never)
      for (const path of [`bottoms.0.layers.0.linear.${part}`]) {
        state
          .read(`model.${path.replace('bottoms.0', 'bottoms.1')}`)
          .data.set(state.read(`model.${path}`).data as never)
      }
    }
  }
  const { logits, value } = await probe(model, spec, { ids: randomIds(spec, 6), change })
  const bias = value('towers.0.output.bias')[0]!
  for (let row = 0; row < 6; row++) {
    expect(logits[2 * row + 1]! - bias).toBeCloseTo((logits[2 * row]! - bias) / 2, 5)
  }
})

describe('a funnel in a file', () => {
  let folder: string
  let run: string
  const path = (name: string) => join(folder, name)
  const options = { system: 'apem', set: { embeddingDimension: 4, hidden: [8] }, epochs: 1, budget: 2000, threads: 1 }
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'interplay-apem-'))
    const random = new Random(4, 'funnel')
    const lines = Array.from({ length: 400 }, () => {
      const [a, b, x] = [random.integer(3), random.integer(3), random.normal()]
      const click = Number(random.uniform() < (a === b ? 0.9 : 0.4))
      return `a${a},b${b},${x.toFixed(2)},${click},${click & Number(random.uniform() < 0.5)}`
    })
    writeFileSync(path('rows.csv'), `a,b,x,click,pay\n${lines.join('\n')}\n`)
    run = path('run')
    const fitted = await fit(path('rows.csv'), { ...options, target: ['click', 'pay'], out: run })
    const answers = await fitted.predict([{ a: 'a1', b: 'b1', x: 0.5 }])
    const { click, pay } = answers[0] as unknown as Record<string, { probability: number }>
    expect(pay!.probability).toBeLessThanOrEqual(click!.probability)
    await fitted.close()
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it('the report and the lens draw what each step picks, beside the ablation', async () => {
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('click picks')
    const answer = await explainPredictor(run, { lens: ['apem'], predictions: 2000, threads: 1 })
    expect(JSON.stringify(answer)).toContain('pattern weight')
  })

  it('targets in the wrong order are no chain', async () => {
    const wrong = fit(path('rows.csv'), { ...options, target: ['pay', 'click'], out: path('wrong') })
    await expect(wrong).rejects.toThrow(/'click' without 'pay' in \d+ rows/)
  })
})
