// Assembles WebAssembly text into a TypeScript file of its bytes: node scripts/assemble.js src/.../kernels.wat
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import wabt from 'wabt'

const { parseWat } = await wabt()
for (const path of process.argv.slice(2)) {
  const module = parseWat(path, readFileSync(path, 'utf8'), { simd: true, threads: true })
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
  const lines = base64.match(/.{1,110}/g).map(line => `  '${line}'`)
  const header = `/** \`${basename(path)}\`, assembled by \`node scripts/assemble.js\`; base64. */\n`
  writeFileSync(`${path}.ts`, `${header}export const binary =\n${lines.join(' +\n')}\n`)
}
