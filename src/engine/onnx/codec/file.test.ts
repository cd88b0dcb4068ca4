import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema, TensorProto_DataType as DataType } from 'onnx-buf'
import { execFileSync } from 'node:child_process'
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readModel } from './file.ts'

let root: string
let folder: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'interplay-onnx-'))
  folder = join(root, 'model')
  await mkdir(join(folder, 'weights'), { recursive: true })
  await writeFile(join(root, 'secret.bin'), Float32Array.of(66, 66))
  await writeFile(join(folder, 'w.bin'), Float32Array.of(0, 1, 2, 3, 4))
  await writeFile(join(folder, 'weights', 'deep.bin'), Float32Array.of(8, 9))
  await symlink(join(root, 'secret.bin'), join(folder, 'link.bin'))
  await symlink(root, join(folder, 'up'))
  await symlink('w.bin', join(folder, 'near.bin'))
})

afterAll(() => rm(root, { recursive: true }))

/** A model whose tensors of two float32 lie at the entries. */
async function written(...entries: Record<string, string>[]): Promise<string> {
  const initializer = entries.map((entry, i) => ({
    name: `w${i}`,
    dims: [2n],
    dataType: DataType.FLOAT,
    dataLocation: 1,
    externalData: Object.entries(entry).map(([key, value]) => ({ key, value })),
  }))
  const path = join(folder, 'm.onnx')
  await writeFile(path, toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { initializer } })))
  return path
}

const values = async (...entries: Record<string, string>[]) =>
  (await readModel(await written(...entries))).graph.initializers.map(({ data }) => [...(data as Float32Array)])

it('reads weights beside the file, below it, and at offsets', async () => {
  expect(
    await values(
      { location: 'w.bin', offset: '4', length: '8' },
      { location: 'w.bin', offset: '12' },
      { location: 'weights/deep.bin' },
      { location: './near.bin', offset: '4', length: '8' },
    ),
  ).toEqual([
    [1, 2],
    [3, 4],
    [8, 9],
    [1, 2],
  ])
})

it.each([
  ['a parent folder', '../secret.bin'],
  ['a parent folder in the middle', 'weights/../../secret.bin'],
  ['a parent folder by backslash', 'weights\\..\\..\\secret.bin'],
  ['an absolute path', '/etc/hostname'],
  ['a drive', 'C:\\secret.bin'],
  ['a network path', '\\\\host\\share'],
  ['a link that leads away', 'link.bin'],
  ['a folder link that leads away', 'up/secret.bin'],
  ['a NUL byte', 'w.bin\0'],
])('opens nothing through %s', async (_, location) => {
  await expect(values({ location })).rejects.toMatchObject({
    code: 'onnx/outside',
    message: "'m.onnx' refers to a file outside its folder",
    where: `'${location}'`,
  })
})

it('says which file is missing', async () => {
  await expect(values({ location: 'gone.bin' })).rejects.toMatchObject({
    code: 'data/not-found',
    message: "no file 'gone.bin' beside 'm.onnx'",
  })
  await expect(readModel(join(folder, 'no.onnx'))).rejects.toMatchObject({ code: 'data/not-found' })
})

it.each([
  ['an offset past the end', { location: 'w.bin', offset: '16' }, /take 24 bytes of 'w.bin', which has 20/],
  ['an offset beyond numbers', { location: 'w.bin', offset: '99999999999999999999' }, /at offset/],
  ['a negative offset', { location: 'w.bin', offset: '-4' }, /at offset '-4'/],
  [
    'another length than its dims',
    { location: 'w.bin', length: '4' },
    /holds 4 bytes outside the file, its dims declare 8/,
  ],
  ['no location', { offset: '0' }, /names no file/],
  ['a folder', { location: 'weights' }, /is not a regular file/],
])('refuses weights with %s', async (_, entry, why) => {
  await expect(values(entry as Record<string, string>)).rejects.toMatchObject({
    code: 'onnx/corrupt',
    why: expect.stringMatching(why),
  })
})

it('refuses overlapping stretches that would multiply the file in memory', async () => {
  const entries = Array.from({ length: 4 }, (_, i) => ({ location: 'w.bin', offset: String(i * 4) }))
  await expect(values(...entries.slice(0, 3))).rejects.toMatchObject({ why: expect.stringMatching(/take 24 bytes/) })
  expect(await values(...Array(5).fill(entries[1]))).toHaveLength(5)
})

it('counts a file once, however it is spelled', async () => {
  const spelled = ['w.bin', './w.bin', '././w.bin', 'near.bin'].map(location => ({ location, length: '8' }))
  expect(await values(...spelled)).toEqual(Array(4).fill([0, 1]))
  const apart = spelled.map((entry, i) => ({ ...entry, offset: String(i * 4) }))
  await expect(values(...apart)).rejects.toMatchObject({ why: expect.stringMatching(/take 32 bytes/) })
})

it.skipIf(process.platform === 'win32')('does not wait for a pipe', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await expect(values({ location: 'pipe' })).rejects.toMatchObject({ code: 'onnx/corrupt' })
})
