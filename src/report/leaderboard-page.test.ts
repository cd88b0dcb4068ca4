import { expect, it } from 'vitest'
import { renderLeaderboardPage } from './leaderboard-page.ts'

it('shows the board, the published figures and what was redrawn', async () => {
  const run = (system: string, seed: number, testAuc: number, parameters: number, seconds: number) => ({
    ...{ system, seed, testAuc, parameters, seconds },
    ...{ testLogLoss: 0.16, validAuc: 0.98, epochs: 17 },
  })
  const row = (system: string, mean: number, parameters: number, seconds: number, published: number | null) => ({
    ...{ system, mean, parameters, seconds, published },
    ...{ deviation: 0.0004, logLoss: 0.16, seeds: 2 },
  })
  const html = await renderLeaderboardPage({
    dataset: 'frappe',
    protocol: 'bench/protocols/frappe.yaml',
    notes: ['train negatives redrawn; validation and test are the published files'],
    summary: [row('lr', 0.9361, 5_400, 30, 0.935584), row('dnn', 0.9843, 417_991, 90, null)],
    rows: [run('lr', 2021, 0.9361, 5_400, 30), run('dnn', 2021, 0.9843, 417_991, 90)],
  })
  expect(html).toMatch(/dnn comes out first of 2\s+systems: test AUC 0\.9843 ± 4\.0e-4/)
  expect(html).toContain('train negatives redrawn')
  expect(html.indexOf('dnn')).toBeLessThan(html.indexOf('lr, published'))
  expect(html).toContain('0.9356')
  expect(html.match(/<figure /g)).toHaveLength(2)
  expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/)
})
