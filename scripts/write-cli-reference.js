// Writes docs/cli.md from the commander definitions of the build.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { commands } from '../dist/cli/commands/index.js'
import { referencePage } from '../dist/cli/reference.js'

const path = fileURLToPath(new URL('../docs/cli.md', import.meta.url))
const settings = await resolveConfig(path)
writeFileSync(path, await format(await referencePage(commands), { ...settings, filepath: path }))
