import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { drawTiles } from '../data/index.ts'
import { encodePng } from '../data/images/png.ts'
import { cbm } from '../systems/explain/cbm/index.ts'
import { csr } from '../systems/explain/csr/index.ts'
import { fitSystem } from './fit-system.ts'
import { predictByRun } from './predict-system.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-fit-images-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Tiles as files in a folder, with a table of what they show. */
function written(): { images: string; concepts: string } {
  const { height, width, count, pixels, names, concepts, labels } = {
    ...drawTiles({ seed: 1, images: [40, 8, 8], side: 32, shown: 'hands' }),
    names: Array.from({ length: 56 }, (_, image) => `${String(image).padStart(2, '0')}.png`),
  }
  const images = join(folder, 'photos')
  mkdirSync(images)
  const area = height * width
  for (let image = 0; image < count; image++) {
    const grey = pixels.subarray(image * area, (image + 1) * area) as Uint8Array
    writeFileSync(join(images, names[image]!), encodePng(Uint8Array.of(...grey, ...grey, ...grey), height, width))
  }
  const shown = (image: number) => concepts!.names.map((_, c) => concepts!.values[image * concepts!.names.length + c])
  const lines = names.map((name, image) => [name, labels!.classes[labels!.values[image]!], ...shown(image)].join(','))
  const table = join(folder, 'concepts.csv')
  writeFileSync(table, [['file', 'hand', ...concepts!.names].join(','), ...lines].join('\n'))
  return { images, concepts: table }
}
const { images, concepts } = written()

it.each([
  [cbm, { stages: [[4], [6]], epochs: 1 }],
  [csr, { stages: [[4], [6]], epochs: 1, prototypeEpochs: 1, headEpochs: 1, prototypes: 2, width: 4 }],
] as const)('learns from a folder of images and their concepts, and answers new ones', async (system, set) => {
  const out = join(folder, system.name)
  const document = await fitSystem(system, { images, concepts }, { out, set, target: 'hand' })
  expect(document).toMatchObject({ data: 'photos', complete: true, task: 'image->concepts->label' })
  const lines: string[] = []
  const stream = new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) })
  const answer = await predictByRun(out, { images: join(images, '03.png') }, { stream, system: () => system })
  expect(answer.rows).toBe(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ image: '03.png', label: expect.any(String) as string })
  await expect(fitSystem(system, { images }, { out: join(folder, 'none'), set })).rejects.toMatchObject({
    code: 'data/target-missing',
  })
})
