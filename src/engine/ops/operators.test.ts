import '../methods.ts'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InterplayError } from '../../errors/index.ts'
import { Random } from '../../random/index.ts'
import { createWebRuntime } from '../runtime/web.ts'
import { decodeSafetensors } from '../safetensors.ts'
import { Batch, dot, type Answer, type Case, type FloatType } from './records/batch.ts'
import { farther, sameBits } from './records/compare.ts'
import { goldenCases } from './records/golden.ts'
import { records } from './records/index.ts'
import { askJax } from './records/jax.ts'
import type { OperatorRecord, Values } from './records/record.ts'

const seed = 20
const fixture = (file: string) =>
  decodeSafetensors(
    readFileSync(fileURLToPath(new URL(`../../../fixtures/operators/${file}.safetensors`, import.meta.url))),
  )

function casesOf(record: OperatorRecord): Case[] {
  const samples = record.samples(new Random(seed, record.name)).map((sample, i): Case => ({
    record,
    sample,
    label: `sample ${i}: ${sample.inputs.map(({ shape }) => `[${shape}]`).join(' ')}`,
  }))
  const { golden } = record
  return golden ? [...samples, ...goldenCases(record, golden, fixture(golden.file))] : samples
}

/** Answers of the cases of one float type, and of the same cases moved both ways along random directions. */
interface Differences {
  cases: readonly Case[]
  batch: Batch
  here: Answer[]
  after: Answer[]
  before: Answer[]
  step: number
  tolerance: number
}

async function difference(cases: readonly Case[], dtype: FloatType): Promise<Differences> {
  const batch = new Batch(cases, { dtype, second: true, threads: 1, optimization: 'basic' })
  const step = dtype === 'float64' ? 2 ** -17 : 2 ** -6
  const [here, after, before] = [await batch.run(), await batch.run({ shift: step }), await batch.run({ shift: -step })]
  await batch.close()
  return { cases, batch, here, after, before, step, tolerance: dtype === 'float64' ? 1e-6 : 2e-2 }
}

const expectedOf = (one: Case): readonly Values[] => [one.sample.expected].flat()

/** Exports of operator files that build no operator of their own. */
const helpers = new Set(['shapeVector', 'nameOperator', 'segmentAdd', 'addedRows', 'touchedRows', 'sorter', 'lowWords'])

it('every operator has its record', async () => {
  const files = readdirSync(fileURLToPath(new URL('.', import.meta.url))).filter(name => /^[a-z-]+\.ts$/.test(name))
  const found: string[] = []
  for (const file of files) {
    const exported = (await import(/* @vite-ignore */ new URL(file, import.meta.url).href)) as Record<string, unknown>
    const names = Object.keys(exported).filter(name => !helpers.has(name))
    found.push(...names.map(name => `${file.slice(0, -3)}/${name}`))
  }
  const recorded = Object.entries(records).flatMap(([family, own]) => own.map(({ name }) => `${family}/${name}`))
  expect(recorded.sort()).toEqual(found.sort())
})

describe.each(Object.entries(records))('%s', (_family, family) => {
  const cases = family.flatMap(casesOf)
  const exact = cases.filter(({ record, sample }) => !sample.large && !record.float32Only)
  const single = cases.filter(({ record, sample }) => !sample.large && record.float32Only)
  const small = cases.filter(({ sample }) => !sample.large)
  let differences: Differences[]
  let plain: Batch | undefined
  let web: Batch | undefined
  let runs: Record<'plain' | 'optimised' | 'threaded', Answer[]>
  let browser: Answer[]

  beforeAll(async () => {
    differences = []
    if (exact.length > 0) differences.push(await difference(exact, 'float64'))
    if (single.length > 0) differences.push(await difference(single, 'float32'))
    plain = new Batch(cases, { dtype: 'float32', threads: 1, optimization: 'disabled' })
    runs = {
      plain: await plain.run(),
      optimised: await plain.run({ optimization: 'all' }),
      threaded: await plain.run({ optimization: 'all', threads: 2 }),
    }
    web = new Batch(small, { dtype: 'float32', threads: 1 })
    browser = await web.run({ runtime: createWebRuntime({ threads: 1 }) })
  })
  afterAll(async () => {
    await plain?.close()
    await web?.close()
  })

  it.each(family.map(record => [record.name, record] as const))('%s', async (_name, record) => {
    const faults: string[] = []
    const tolerance = record.tolerance ?? 1e-5
    for (const { cases: own, batch, here, after, before, ...rest } of differences) {
      for (const [c, one] of own.entries()) {
        if (one.record !== record) continue
        const answers = { here: here[c]!, after: after[c]!, before: before[c]! }
        faults.push(...valueFaults(one, batch, c, answers.here, record.float32Only ? tolerance : 1e-9))
        faults.push(...gradientFaults(one, batch, c, { ...answers, ...rest }))
        faults.push(...(await independentFaults(one, batch, c, answers.here)))
      }
    }
    const doubles = new Map(
      differences.flatMap(({ cases: own, here }) => own.map((one, c) => [one, here[c]!] as const)),
    )
    for (const [c, one] of cases.entries()) {
      if (one.record !== record) continue
      faults.push(...valueFaults(one, plain!, c, runs.plain[c]!, tolerance))
      const double = doubles.get(one)
      if (double) faults.push(...agree(`${one.label}: float32`, runs.plain[c]!, double, tolerance * 10))
      faults.push(...agree(`${one.label}: optimised`, runs.optimised[c]!, runs.plain[c]!, tolerance))
      if (!everyBit(runs.threaded[c]!, runs.optimised[c]!)) faults.push(`${one.label}: two threads give other bits`)
    }
    for (const [c, one] of small.entries()) {
      if (one.record === record)
        faults.push(...agree(`${one.label}: browser`, browser[c]!, runs.plain[cases.indexOf(one)]!, tolerance))
    }
    for (const { build, message } of record.refusals ?? []) faults.push(...refusalFaults(build, message))
    expect(faults).toEqual([])
  })
})

function valueFaults(one: Case, batch: Batch, c: number, answer: Answer, tolerance: number): string[] {
  return expectedOf(one).flatMap((expected, k) => {
    const got = answer.outputs[k]!
    const promised = batch.promised(c, batch.traced[c]!.outputs[k]!).map((extent, axis) => extent ?? got.dims[axis])
    const shapes = [got.dims, promised].filter(dims => dims.join() !== expected.shape.join())
    return [
      ...shapes.map(dims => `${one.label}: shape [${dims}], expected [${expected.shape}]`),
      ...farther(`${one.label}: value`, got.data, expected.data, tolerance),
    ]
  })
}

interface Moved extends Record<'here' | 'after' | 'before', Answer> {
  step: number
  tolerance: number
}

/** The first gradient against differences of the loss, the second against differences of the first. */
function gradientFaults(one: Case, batch: Batch, c: number, { here, after, before, step, tolerance }: Moved): string[] {
  if (one.record.notDifferentiable) return []
  const { directions } = batch.traced[c]!
  const slope = here.gradients.reduce((total, g, i) => total + (g ? dot(g.data, directions[i]) : 0), 0)
  const faults = farther(`${one.label}: gradient`, [slope], [(after.loss - before.loss) / (2 * step)], tolerance)
  here.curvatures.forEach((curvature, i) => {
    if (!curvature) return
    const [forth, back] = [after.gradients[i]!.data as Float64Array, before.gradients[i]!.data as Float64Array]
    const differenced = Array.from(forth, (value, j) => (value - back[j]!) / (2 * step))
    faults.push(...farther(`${one.label}: second gradient of input ${i}`, curvature.data, differenced, tolerance))
  })
  return faults
}

/** Value and gradient against jax-js, or the gradient against the golden file. */
async function independentFaults(one: Case, batch: Batch, c: number, here: Answer): Promise<string[]> {
  const tolerance = one.record.float32Only ? 1e-4 : (one.record.golden?.tolerance ?? 1e-9)
  // jax-js computes exp, log, sin and cos to single precision also in float64.
  const single = 2e-5
  if (one.gradients) {
    return one.gradients.flatMap((expected, i) =>
      expected
        ? farther(`${one.label}: golden gradient of input ${i}`, here.gradients[i]!.data, expected.data, tolerance)
        : [],
    )
  }
  if (!one.sample.jax) return []
  const jax = await askJax(one, batch.traced[c]!.cotangents)
  return [
    ...jax.values.flatMap((value, k) =>
      farther(`${one.label}: value against jax-js`, here.outputs[k]!.data, value, single),
    ),
    ...jax.gradients.flatMap((expected, i) =>
      expected ? farther(`${one.label}: jax-js gradient of input ${i}`, here.gradients[i]!.data, expected, single) : [],
    ),
  ]
}

function agree(what: string, a: Answer, b: Answer, tolerance: number): string[] {
  return [...a.outputs, ...a.gradients].flatMap((value, i) => {
    const other = [...b.outputs, ...b.gradients][i]
    return value && other ? farther(what, value.data, other.data, tolerance) : []
  })
}

const everyBit = (a: Answer, b: Answer): boolean =>
  [...a.outputs, ...a.gradients].every((value, i) => {
    const other = [...b.outputs, ...b.gradients][i]
    return !value || !other || sameBits(value, other)
  })

function refusalFaults(build: () => unknown, message: string): string[] {
  try {
    build()
  } catch (error) {
    if (!(error instanceof InterplayError)) return [`refused with ${error}, no InterplayError`]
    return error.message === message ? [] : [`refused with '${error.message}', not '${message}'`]
  }
  return [`not refused: ${message}`]
}
