import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { operatorsPage } from './page.ts'

it('docs/operators.md says what the records are (else run node scripts/write-operators.js)', async () => {
  const path = fileURLToPath(new URL('../../../../docs/operators.md', import.meta.url))
  const written = await format(operatorsPage(), { ...(await resolveConfig(path)), filepath: path })
  expect(readFileSync(path, 'utf8')).toBe(written)
})
