import { createServer, type Server } from 'node:http'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datasets } from './catalogue.ts'
import type { Dataset } from './dataset.ts'
import { fetchDataset } from './fetch.ts'
import { locateFile } from './locate.ts'
import { verifyFiles } from './verify.ts'

const root = mkdtempSync(join(tmpdir(), 'verify-test-'))
afterAll(() => rmSync(root, { recursive: true }))
const content = 'x,y\n1,2\n3,4\n'
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex')
const dataset: Dataset = {
  name: 'toy',
  title: 'a toy',
  rows: 2,
  licence: 'open',
  terms: 'public domain',
  home: 'nowhere',
  folder: 'toy',
  files: [{ name: 'toy.csv.gz', sha256: hash('sha256', content), md5: hash('md5', 'published') }],
  table: 'toy.csv.gz',
}

describe('verify', () => {
  const check = async (files: Record<string, string | Buffer>, one = dataset) => {
    const folder = mkdtempSync(join(root, 'folder-'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const [found] = await verifyFiles(one, folder)
    return found!
  }

  test('content counts, compressed or not, whatever the compression', async () => {
    expect((await check({ 'toy.csv.gz': gzipSync(content, { level: 1 }) })).state).toBe('same')
    expect(await check({ 'toy.csv': content })).toMatchObject({ file: 'toy.csv.gz', state: 'same', lines: 3 })
  })
  test('a published original and other line ends agree', async () => {
    expect((await check({ 'toy.csv': 'published' })).state).toBe('original')
    expect((await check({ 'toy.csv': content.replaceAll('\n', '\r\n') })).state).toBe('line-ends')
    const original = { name: 'all.csv', md5: hash('md5', 'all rows') }
    const stored = { ...dataset, files: [{ name: 'part.csv', sha256: hash('sha256', 'part'), original }] }
    expect(await check({ 'all.csv': 'all rows', 'part.csv': 'part' }, stored)).toMatchObject({
      state: 'original',
      file: 'all.csv',
    })
    expect((await check({ 'all.csv': 'other rows', 'part.csv': 'part' }, stored)).state).toBe('differs')
  })
  test('one changed value differs, with the lines it has; an absent file is missing', async () => {
    expect(await check({ 'toy.csv': 'x,y\n1,2\n3,5' })).toMatchObject({ state: 'differs', lines: 3 })
    expect(await check({})).toMatchObject({ state: 'missing', found: null })
  })
  test('a broken gzip file is named', async () => {
    await expect(check({ 'toy.csv.gz': gzipSync(content).subarray(0, 20) })).rejects.toMatchObject({
      code: 'data/corrupt',
    })
  })

  for (const one of datasets.filter(({ rows }) => rows < 300_000)) {
    const absent = one.files.some(file => locateFile(one, file) === undefined)
    test.skipIf(absent)(`${one.name} on this machine${absent ? ' (absent)' : ''}`, async () => {
      const folders = new Set(one.files.map(file => join(locateFile(one, file)!.path, '..')))
      const checks = await verifyFiles(one, [...folders][0]!)
      expect(checks.map(({ file, state }) => `${file} ${state}`)).toEqual(one.files.map(({ name }) => `${name} same`))
    })
  }
})

describe('fetch', () => {
  let server: Server
  let body = content
  let address = ''
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/none') response.writeHead(404).end()
      else response.end(body)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise(resolve => server.close(resolve)))
  const from = (path: string): Dataset => ({ ...dataset, files: [{ ...dataset.files[0]!, url: address + path }] })
  const folder = (name: string) => {
    mkdirSync(join(root, name))
    return join(root, name)
  }

  test('writes the file and checks it; what is there already is not fetched again', async () => {
    const to = folder('a')
    const [check] = await fetchDataset(from('/toy'), { to })
    expect(check).toMatchObject({ state: 'same' })
    expect(readFileSync(join(to, 'toy/toy.csv'), 'utf8')).toBe(content)
    body = 'changed since'
    expect((await fetchDataset(from('/toy'), { to }))[0]).toMatchObject({ state: 'same' })
  })
  test('keeps nothing that is not the file of the catalogue', async () => {
    const to = folder('b')
    body = '<html>moved</html>'
    await expect(fetchDataset(from('/toy'), { to })).rejects.toMatchObject({ code: 'gate/checksum', exitCode: 5 })
    expect(readdirSync(join(to, 'toy'))).toEqual([])
  })
  test('says why it could not', async () => {
    const to = folder('c')
    const failed = { code: 'data/network', why: 'the server answered 404', exitCode: 4 }
    await expect(fetchDataset(from('/none'), { to })).rejects.toMatchObject(failed)
  })
  test('a dataset that may not be shipped is left to its user', async () => {
    const frappe = datasets.find(({ name }) => name === 'frappe')!
    await expect(fetchDataset(frappe, { to: join(root, 'd') })).rejects.toMatchObject({
      code: 'data/not-shipped',
      where: expect.stringContaining('Baltrunas'),
      try: 'interplay data verify frappe DIR',
    })
    expect(existsSync(join(root, 'd'))).toBe(false)
  })
})
