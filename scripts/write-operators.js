// Writes docs/operators.md from the operators' records.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createJiti } from 'jiti'
import { format, resolveConfig } from 'prettier'

const { operatorsPage } = await createJiti(import.meta.url).import('../src/engine/ops/records/page.ts')
const path = fileURLToPath(new URL('../docs/operators.md', import.meta.url))
const settings = await resolveConfig(path)
writeFileSync(path, await format(operatorsPage(), { ...settings, filepath: path }))
