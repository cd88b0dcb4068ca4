import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodePng } from './png.ts'
import { readConceptImages, readImages } from './read-images.ts'

const root = mkdtempSync(join(tmpdir(), 'interplay-images-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let folders = 0

/** A folder of pictures of one brightness, and what else is given. */
function folderOf(pictures: Record<string, number>, others: Record<string, string | Uint8Array> = {}): string {
  const folder = join(root, `${folders++}`)
  const put = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  for (const [name, value] of Object.entries(pictures)) put(name, encodePng(new Uint8Array(12).fill(value), 2, 2))
  for (const [name, content] of Object.entries(others)) put(name, content)
  return folder
}
const table = (text: string) => {
  const path = join(root, `${folders++}.csv`)
  writeFileSync(path, text)
  return path
}
const four = { 'b/2.png': 2, 'a/1.png': 1, 'b/10.png': 10, 'a/3.png': 3 }
const photos = folderOf(four, { 'notes.txt': 'no image' })
const concepts = table('file,ring,kind,cross\na/1.png,1,good,0\nb/10.png,0,bad,1\nb/2.png,1,bad,1\na/3.png,0,,0\n')

describe('images of a folder', () => {
  it('are in order of their names, with their folders as classes', async () => {
    const images = await readImages({ inputs: { images: photos } })
    expect(images).toMatchObject({ count: 4, channels: 3, height: 2, width: 2 })
    expect(images.names).toEqual(['a/1.png', 'a/3.png', 'b/10.png', 'b/2.png'])
    expect([0, 1, 2, 3].map(image => images.pixels[12 * image])).toEqual([1, 3, 10, 2])
    expect(images.labels).toEqual({ name: 'folder', classes: ['a', 'b'], values: Int32Array.of(0, 0, 1, 1) })
  })

  it('have the classes of a table, if given', async () => {
    const labels = table('file,kind\na/1.png,x\na/3.png,y\nb/2.png,x\nb/10.png,\n')
    const images = await readImages({ inputs: { images: photos, labels }, target: 'kind' })
    expect(images.labels).toEqual({ name: 'kind', classes: ['x', 'y'], values: Int32Array.of(0, 1, -1, 0) })
    await expect(readImages({ inputs: { images: photos, labels } })).rejects.toMatchObject({
      code: 'data/target-missing',
    })
    await expect(readImages({ inputs: { images: photos, labels }, target: 'kin' })).rejects.toThrow(
      /has no field 'kin'/,
    )
  })

  it('may be one file', async () => {
    const images = await readImages({ inputs: { images: join(photos, 'a/1.png') } })
    expect(images).toMatchObject({ count: 1, names: ['1.png'], labels: undefined })
  })

  it('are refused by name', async () => {
    const refused = (images: string) => expect(readImages({ inputs: { images } })).rejects
    await refused(join(root, 'none')).toMatchObject({ code: 'data/not-found' })
    await refused(folderOf({}, { 'notes.txt': '' })).toMatchObject({ code: 'data/empty' })
    await refused(folderOf({ 'a.png': 1 }, { 'b.jpg': 'JPEG' })).toThrow(/b\.jpg' is no PNG file/)
    await refused(folderOf({ 'a.png': 1 }, { 'b.png': 'nothing' })).toThrow(/b\.png' is not a whole PNG file/)
    await refused(folderOf({ 'a.png': 1 }, { 'b.png': encodePng(new Uint8Array(18), 3, 2) })).toThrow(
      "'b.png' is 3 x 2, 'a.png' 2 x 2",
    )
  })
})

describe('images with concepts', () => {
  const read = (inputs: Record<string, string>, more: object = {}) =>
    readConceptImages({ inputs: { images: photos, ...inputs }, target: 'kind', ...more })

  it('have them by file name, in the order of the columns', async () => {
    const images = await read({ concepts })
    expect(images.concepts).toEqual({ names: ['ring', 'cross'], values: Uint8Array.of(1, 0, 0, 0, 0, 1, 1, 1) })
    expect(images.labels).toEqual({ name: 'kind', classes: ['bad', 'good'], values: Int32Array.of(1, -1, 0, 0) })
  })

  it('are shown in boxes', async () => {
    const regions = table('image,concept,left,top,width,height\nb/2.png,cross,0,1,2,1\n')
    const images = await read({ concepts, regions })
    const corners = [
      [0, 1],
      [2, 1],
      [2, 2],
      [0, 2],
    ]
    expect(images.regions).toEqual([{ image: 3, concept: 1, polygon: corners }])
    const wrong = (row: string) =>
      expect(read({ concepts, regions: table(`image,concept,left,top,width,height\n${row}\n`) })).rejects
    await wrong('b/2.png,crosses,0,1,2,1').toThrow(/row 1: there is no concept 'crosses'/)
    await wrong('b/2.png,cross,0,1,wide,1').toThrow(/row 1, column 'width': 'wide' is no number/)
    await wrong('b/4.png,cross,0,1,2,1').toThrow(/row 1: there is no image 'b\/4.png'/)
  })

  it('are read for a model by the concepts and channels that it knows', async () => {
    const known = { channels: 3, concepts: ['cross'] }
    const images = await readConceptImages({ inputs: { images: photos, concepts }, known })
    expect(images.concepts).toEqual({ names: ['cross'], values: Uint8Array.of(0, 0, 1, 1) })
    await expect(
      readConceptImages({ inputs: { images: photos, concepts }, known: { channels: 3, concepts: ['bar'] } }),
    ).rejects.toMatchObject({ code: 'data/unknown-field' })
    const grey = { channels: 1, concepts: ['cross'] }
    await expect(readConceptImages({ inputs: { images: photos }, known: grey })).rejects.toThrow(
      "'a/1.png' is coloured",
    )
  })

  it('are refused by file, row and column', async () => {
    const wrong = (text: string) => expect(read({ concepts: table(`file,ring,kind\n${text}`) })).rejects
    await wrong('a/1.png,1,x\na/3.png,maybe,x\nb/2.png,0,x\nb/10.png,0,x\n').toThrow(
      /row 2, column 'ring': 'maybe' is neither 0 nor 1/,
    )
    await wrong('a/1.png,1,x\na/3.png,,x\nb/2.png,0,x\nb/10.png,0,x\n').toThrow(/row 2, column 'ring': nothing/)
    await wrong('a/1.png,1,x\na/1.png,0,x\nb/2.png,0,x\nb/10.png,0,x\n').toThrow(/names 'a\/1.png' in rows 1 and 2/)
    await wrong('a/1.png,1,x\na/4.png,0,x\nb/2.png,0,x\nb/10.png,0,x\n').toThrow(/row 2: there is no image 'a\/4.png'/)
    await wrong('a/1.png,1,x\nb/2.png,0,x\n').toThrow(/no row of 'a\/3.png' and 1 more/)
  })
})
