import { expect, it } from 'vitest'
import type { Call } from '../command.ts'
import { createStyle } from '../terminal/style.ts'
import { widthOf } from '../terminal/text.ts'
import systems from './systems.ts'

const page = async (name: string, columns: number) => {
  const { lines } = await systems.run!({ operands: [name], options: {} } as unknown as Call)
  return lines!(createStyle({ columns })).filter(line => !line.startsWith('run '))
}

it.each(['catgcn', 'lib', 'strip-mlp', 'eqmotion', 'spm'])('%s fits a terminal of 80 columns', async name => {
  for (const line of await page(name, 80)) expect(widthOf(line), line).toBeLessThan(80)
})

it('alternatives stay whole where no width is asked for', async () => {
  expect((await page('catgcn', Infinity)).join('\n')).toContain('complete|attention|cosine|none')
})
