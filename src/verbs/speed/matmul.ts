import { compile, float32, type Device } from '../../engine/index.ts'

const side = 1024

/** Times one product of two 1024 x 1024 matrices after the other; returns floating-point operations a second. */
export async function matmulRate(
  threads: number,
  device?: Device,
): Promise<{ rate(runs: number): Promise<number>; close(): Promise<void> }> {
  const program = compile({
    inputs: { a: float32([side, side]), b: float32([side, side]) },
    threads,
    device,
    spin: true,
    // one number comes back, so that the copy of the product is not timed
    trace: ({ a, b }) => ({ outputs: { largest: a.matmul(b).max() } }),
  })
  const matrix = () => Float32Array.from({ length: side * side }, (_, i) => ((i * 7919) % 1013) / 1013 - 0.5)
  const feeds = { a: matrix(), b: matrix() }
  await program.run(feeds)
  return {
    async rate(runs) {
      const times: number[] = []
      for (let i = 0; i < runs; i++) {
        const started = performance.now()
        await program.run(feeds)
        times.push(performance.now() - started)
      }
      const middle = times.sort((a, b) => a - b)[runs >> 1]!
      return (2 * side ** 3) / (middle / 1000)
    },
    close: () => program.close(),
  }
}
