import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InterplayError } from '../../errors/index.ts'
import type { Dataset } from './dataset.ts'
import { fetchedFolder } from './locate.ts'
import { notHere } from './resolve.ts'
import { agrees, verifyFiles, type FileCheck } from './verify.ts'

export interface FetchOptions {
  /** Default: `INTERPLAY_DATA`, else the cache folder. The files go to the dataset's folder in it. */
  to?: string
  signal?: AbortSignal
  onProgress?: (progress: { file: string; bytes: number }) => void
}

/**
 * Downloads the files of a dataset whose terms allow it, each written whole or not at all, and checks them.
 * @throws InterplayError `data/not-shipped` where the user has to get it, `data/network`, `gate/checksum`
 */
export async function fetchDataset(dataset: Dataset, options: FetchOptions = {}): Promise<FileCheck[]> {
  const { signal, onProgress } = options
  if (!dataset.files.every(file => file.url !== undefined)) throw notHere(dataset)
  const folder = join(options.to ?? process.env['INTERPLAY_DATA'] ?? fetchedFolder(), dataset.folder)
  await mkdir(folder, { recursive: true })
  const checks: FileCheck[] = []
  for (const file of dataset.files) {
    // What is sent is not compressed, whatever the name says; readers tell by content.
    const name = file.name.replace(/\.gz$/, '')
    const one = { ...dataset, files: [file] }
    if (existsSync(join(folder, name)) && (await verifyFiles(one, folder)).every(({ state }) => agrees(state))) {
      checks.push(...(await verifyFiles(one, folder)))
      continue
    }
    const partial = join(folder, `${name}.part`)
    try {
      await download(file.url!, partial, bytes => onProgress?.({ file: name, bytes }), signal)
      const [check] = await verifyFiles({ ...one, files: [{ name: `${name}.part`, sha256: file.sha256 }] }, folder)
      if (!agrees(check!.state)) throw mismatch(file.url!, check!)
      await rename(partial, join(folder, name))
    } finally {
      await rm(partial, { force: true })
    }
    checks.push(...(await verifyFiles(one, folder)))
  }
  return checks
}

async function download(url: string, path: string, onBytes: (bytes: number) => void, signal?: AbortSignal) {
  try {
    const response = await fetch(url, { signal })
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`)
    let bytes = 0
    const counted = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        onBytes((bytes += chunk.length))
        yield chunk
      }
    }
    await pipeline(Readable.fromWeb(response.body as never), counted, createWriteStream(path), { signal })
  } catch (cause) {
    signal?.throwIfAborted()
    const { message, cause: inner } = cause as Error
    throw new InterplayError('data/network', `cannot fetch '${url}'`, {
      why: inner instanceof Error ? inner.message : message,
      cause,
    })
  }
}

const mismatch = (url: string, { expected, found, lines }: FileCheck) =>
  new InterplayError('gate/checksum', `what '${url}' sent is not the file of the catalogue`, {
    why: `sha256 ${found}, expected ${expected}; ${lines?.toLocaleString('en-US')} lines`,
  })
