import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { decodeSafetensors } from '../engine/index.ts'
import { smallBase } from '../systems/generation/spm/example.ts'
import { systemNamed } from '../systems/index.ts'
import { fitSystem } from './fit-system.ts'
import { predictByRun } from './predict-system.ts'
import { writeSystemBundle } from './system-bundle.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-from-'))
const [base, eraser] = [join(folder, 'base'), join(folder, 'star')]
const spm = systemNamed('spm')

beforeAll(async () => {
  mkdirSync(base)
  const about = { system: 'diffusion', task: 'text->image', options: {}, metrics: {}, data: { name: '', sha256: '' } }
  await writeSystemBundle(base, smallBase(1).saved, { ...about, parameters: 0 })
  const set = { iterations: 2, rollOut: 2, warmUp: 0, learningRate: 0.05 }
  const document = await fitSystem(spm, { text: 'star' }, { from: base, set, out: eraser })
  expect(document.parameters).toBeGreaterThan(0)
})
afterAll(() => rmSync(folder, { recursive: true }))

it('a run starts from another, and leaves a file that other tools read', () => {
  const { metadata, tensors } = decodeSafetensors(readFileSync(join(eraser, 'star.safetensors')))
  expect(metadata).toMatchObject({ prompts: 'star', rank: '1' })
  expect(Object.keys(tensors).every(name => name.startsWith('lora_unet_'))).toBe(true)
  expect(JSON.parse(readFileSync(join(eraser, 'run.json'), 'utf8'))).toMatchObject({ settings: { from: base } })
})

it('a run adds to what another predicts', async () => {
  const draw = async (name: string, runs?: string[]) => {
    const out = join(folder, name)
    await predictByRun(base, { text: 'a red star on dark' }, { with: runs, out })
    return readFileSync(out)
  }
  const [plain, erased] = [await draw('plain.png'), await draw('erased.png', [eraser])]
  expect([...plain.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47])
  expect(erased.equals(plain)).toBe(false)
})

it('names what does not fit', async () => {
  const text = { text: 'a red star' }
  await expect(fitSystem(spm, text, { out: join(folder, 'none') })).rejects.toThrow(/none was given/)
  await expect(fitSystem(spm, text, { from: eraser, out: join(folder, 'wrong') })).rejects.toThrow(
    /run of spm, which draws no/,
  )
  await expect(predictByRun(base, text, { with: [base] })).rejects.toThrow(/diffusion, which adds nothing/)
  await expect(predictByRun(eraser, text)).rejects.toThrow(/none was given/)
})
