export { gTest, type GTestOptions, type TestResult } from './g-test.ts'
export { kernelTest } from './kernel-test.ts'
export { partialCorrelationTest } from './partial-correlation.ts'
export { cauchyCombination, chiSquareTail, gammaTail, logGamma, normalTails, upperGamma } from './tails.ts'
