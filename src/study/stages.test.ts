import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { defineStudy } from '../system/index.ts'
import { runStudy, type StudyOptions } from './run-study.ts'
import { stagedResult, stagesIn } from './stages.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stages-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('makes a stage once, and never reads half of one', async () => {
  const stages = stagesIn(join(folder, 'once'))
  const make = vi.fn(async () => Uint8Array.of(1, 2, 3))
  expect([...(await stages.stage('1 base, whole', make))]).toEqual([1, 2, 3])
  expect([...(await stagesIn(join(folder, 'once')).stage('1 base, whole', make))]).toEqual([1, 2, 3])
  expect(make).toHaveBeenCalledTimes(1)
  await writeFile(join(folder, 'once', '2-base.part'), 'half')
  await stages.stage('2 base', make)
  expect(make).toHaveBeenCalledTimes(2)
})

it('hands on what a stage had kept when it was stopped, until it is made', async () => {
  const at = join(folder, 'half')
  const stopped = stagesIn(at).stage('1 base', async checkpoint => {
    await checkpoint!.save(Uint8Array.of(4))
    throw new Error('stopped')
  })
  await expect(stopped).rejects.toThrow('stopped')
  const bytes = await stagesIn(at).stage('1 base', async checkpoint => Uint8Array.of(...(await checkpoint!.load())!, 5))
  expect([...bytes]).toEqual([4, 5])
  expect(await readdir(at)).toEqual(['1-base'])
})

it('keeps a result as it was made', async () => {
  const stages = stagesIn(join(folder, 'results'))
  const make = vi.fn(async () => ({ auc: 0.1 + 0.2, parameters: 7 }))
  for (let time = 0; time < 2; time++) expect(await stagedResult(stages, '1 dnn', make)).toEqual(await make())
  expect(make).toHaveBeenCalledTimes(3)
})

it('goes on from the stages of an interrupted study of the same commit, and leaves none of a whole one', async () => {
  const made: string[] = []
  let breaks = true
  const study = defineStudy({
    claims: { drawn: { claim: 'it draws', expected: 'yes' } },
    async run({ stage, settle }) {
      const [base] = await stage('1 base', async () => (made.push('base'), Uint8Array.of(7)))
      if (breaks) throw new Error('stopped')
      settle('drawn', { measured: base!, holds: base === 7 })
    },
  })
  const run = (given: Partial<StudyOptions>) =>
    runStudy('s', study, {
      ...{ size: 'full', seeds: [1], threads: 1, interplay: '0', commit: 'abc', dataset: () => undefined },
      stages: { folder, resume: true },
      ...given,
    })
  await expect(run({})).rejects.toThrow('stopped')
  await expect(run({})).rejects.toThrow('stopped')
  expect(made).toHaveLength(1)
  await expect(run({ stages: { folder, resume: false } })).rejects.toThrow('stopped')
  expect(made).toHaveLength(2)
  await expect(run({ commit: 'abc-dirty' })).rejects.toMatchObject({ code: 'run/changed' })
  expect(made).toHaveLength(2)
  await expect(run({ commit: 'abc-dirty', stages: { folder, resume: false } })).rejects.toThrow('stopped')
  expect(made).toHaveLength(3)
  breaks = false
  const { claims } = await run({})
  expect(made).toHaveLength(3)
  expect(claims[0]).toMatchObject({ measured: 7, holds: true })
  expect(await readdir(folder)).not.toContain('s-abc')
})
