import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { InterplayError } from '../errors/index.ts'
import { parseProtocol, type Protocol } from '../system/index.ts'

/** A protocol that comes with the package. Throws `data/not-found` with the ones there are. */
export async function readProtocol(name: string): Promise<Protocol> {
  const file = `bench/protocols/${name}.yaml`
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url))
  const text = await readFile(path, 'utf8').catch(() => {
    throw new InterplayError('data/not-found', `no protocol '${name}'`, { why: 'protocols are bench/protocols/*.yaml' })
  })
  return parseProtocol(file, text)
}
