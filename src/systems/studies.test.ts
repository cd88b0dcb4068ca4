import { describe, expect, it } from 'vitest'
import { runStudy } from '../study/index.ts'
import { systems } from './index.ts'

describe('studies without data, at the small size', () => {
  it.each(systems.map(system => [system.name, system] as const))('%s', async (name, { study }) => {
    const document = await runStudy(name, study, {
      size: 'small',
      seeds: [1],
      threads: 1,
      interplay: 'test',
      commit: 'test',
      dataset: () => undefined,
    })
    expect(document.claims.length).toBeGreaterThan(0)
    expect(document.claims.filter(claim => claim.holds === false)).toEqual([])
    expect(document.claims.filter(claim => claim.holds === true).length).toBeGreaterThan(0)
    expect(document.claims.filter(claim => claim.note === 'not run')).toEqual([])
  })
})
