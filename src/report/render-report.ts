import { formatQuantity } from '../charts/index.ts'
import { dataSection, methodSection, useSection } from './background.ts'
import { markup } from './markup.ts'
import { page } from './page.ts'
import { warningList } from './parts.ts'
import type { RunReport } from './run-report.ts'
import { testSection } from './test-figures.ts'
import { scoreboard, verdict } from './verdict.ts'
import { whySection } from './why.ts'

/**
 * The report of a run: one HTML file without network, complete without script. First whether the model is good and against
 * what, then why, then what it was made of.
 */
export async function renderReport(report: RunReport): Promise<string> {
  const sections = [
    await testSection(report),
    await whySection(report),
    ...useSection(report),
    await dataSection(report),
    methodSection(report),
  ]
  return page({
    title: `${runName(report)}: ${verdict(report)}`,
    answer: markup`<p class="overline">
        <span>${runName(report)}</span> <span>${report.system.name} on ${report.data.name}</span>
        <span>target ${report.target.name}</span> <span>${formatQuantity(report.data.rows.test, 'test row')}</span>
      </p>
      <h1>${verdict(report)}</h1>
      ${scoreboard(report)}
      ${warningList(report.warnings)}`,
    sections,
    footer: `interplay ${report.interplay}, ${report.created.slice(0, 10)}. This page loads nothing from the network.`,
  })
}

const runName = ({ run }: RunReport) => run.split('/').at(-1)!
