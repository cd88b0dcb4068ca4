import { expect, it } from 'vitest'
import { describeSystem } from './systems.ts'

it.each([
  ['dcnv2', 'interplay fit rows.csv -t clicked -s dcnv2'],
  ['diffusion', 'interplay fit world:tiny-world -s diffusion'],
  ['spm', 'interplay fit text=TEXT -s spm --from runs/BASE'],
  ['influence-ekfac', 'interplay explain RUN --lens influence-ekfac'],
])('tells how %s is called', (name, run) => {
  expect(describeSystem(name).run).toBe(run)
})
