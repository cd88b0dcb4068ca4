import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HostTensor } from './dtype.ts'
import { loadSafetensors, saveSafetensors, writeSafetensors } from './safetensors-file.ts'
import { encodeSafetensors } from './safetensors.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interplay-safetensors-'))
})
afterAll(() => rm(folder, { recursive: true }))

const state: Record<string, HostTensor> = {
  weight: { dtype: 'float32', dims: [300_000], data: Float32Array.from({ length: 300_000 }, (_, i) => i) },
  rows: { dtype: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n) },
  flag: { dtype: 'bool', dims: [1], data: Uint8Array.of(1) },
}

it('saves the same bytes as it encodes, and reads them as views of one buffer', async () => {
  const path = join(folder, 'a.safetensors')
  await saveSafetensors(path, state, { step: '3' })
  expect(Buffer.compare(await readFile(path), encodeSafetensors(state, { step: '3' }))).toBe(0)
  const { tensors, metadata } = await loadSafetensors(path)
  expect([tensors, metadata]).toEqual([state, { step: '3' }])
  expect(new Set(Object.values(tensors).map(({ data }) => data.buffer)).size).toBe(1)
})

it('writes views into larger buffers as they are', async () => {
  const path = join(folder, 'view.safetensors')
  const view: HostTensor = { dtype: 'float32', dims: [2], data: Float32Array.of(9, 1, 2, 9).subarray(1, 3) }
  await saveSafetensors(path, { view })
  expect((await loadSafetensors(path)).tensors.view!.data).toEqual(Float32Array.of(1, 2))
})

it('streams to a handle at its position', async () => {
  const path = join(folder, 'b.bin')
  const handle = await open(path, 'w')
  await handle.write('head')
  await writeSafetensors(handle, state)
  await handle.close()
  expect(Buffer.compare((await readFile(path)).subarray(4), encodeSafetensors(state))).toBe(0)
})

it('replaces a file as a whole, and leaves nothing beside it', async () => {
  const path = join(folder, 'c.safetensors')
  await saveSafetensors(path, state)
  await saveSafetensors(path, { flag: state.flag! })
  expect(Object.keys((await loadSafetensors(path)).tensors)).toEqual(['flag'])
  expect((await readdir(folder)).filter(name => name.endsWith('.tmp'))).toEqual([])
})

it('leaves the old file when writing fails', async () => {
  const path = join(folder, 'd.safetensors')
  await saveSafetensors(path, state)
  const broken: HostTensor = { ...state.flag!, dims: [2] }
  await expect(saveSafetensors(path, { broken })).rejects.toThrow("'broken' is [2], its data has 1 values")
  expect((await loadSafetensors(path)).tensors).toEqual(state)
  expect((await readdir(folder)).filter(name => name.endsWith('.tmp'))).toEqual([])
})

it('names what cannot be read', async () => {
  const path = join(folder, 'e.safetensors')
  await expect(loadSafetensors(path)).rejects.toMatchObject({ code: 'data/not-found' })
  await expect(loadSafetensors(folder)).rejects.toMatchObject({ code: 'data/not-found' })
  for (const size of [0, 4, 20, 200, 1_000_000]) {
    await writeFile(path, encodeSafetensors(state).subarray(0, size))
    await expect(loadSafetensors(path)).rejects.toMatchObject({ code: 'data/corrupt' })
  }
})
