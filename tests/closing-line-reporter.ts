import type { Reporter, TestModule } from 'vitest/node'

/** Closes a test run with one plain line, `N passed, N failed, N skipped`, after all other output. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      for (const test of tests) {
        const { state } = test.result()
        if (state === 'passed' || state === 'failed') count[state]++
        else count.skipped++
      }
      if (module.state() === 'failed' && !tests.some(test => test.result().state === 'failed')) count.failed++
    }
    count.failed += unhandledErrors.length
    process.once('exit', () => {
      process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
    })
  }
}
