import type { HostTensor } from './dtype.ts'
import { compile } from './program.ts'
import type { State } from './state.ts'
import type { Tensor } from './tensor.ts'

/**
 * The value of a tensor of constants (and of the parameters of `state`), computed at once: for tests and notebooks. Each
 * call compiles a program of its own, about a millisecond.
 */
export async function eager(tensor: Tensor, { state }: { state?: State } = {}): Promise<HostTensor> {
  const program = compile({
    inputs: {},
    ...(state && { state }),
    threads: 1,
    trace: () => ({ outputs: { value: tensor } }),
  })
  try {
    return (await program.run({})).value
  } finally {
    await program.close()
  }
}
