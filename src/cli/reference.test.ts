import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { commands } from './commands/index.ts'
import { referencePage } from './reference.ts'

it('docs/cli.md says what the commands are (else run node scripts/write-cli-reference.js after a build)', async () => {
  const path = fileURLToPath(new URL('../../docs/cli.md', import.meta.url))
  const written = await format(await referencePage(commands), { ...(await resolveConfig(path)), filepath: path })
  expect(readFileSync(path, 'utf8')).toBe(written)
})
