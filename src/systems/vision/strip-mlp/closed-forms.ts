import { compile, float32, grad, State } from '../../../engine/index.ts'
import { Convolution } from '../../../nn/index.ts'
import { Random } from '../../../random/index.ts'
import { mixLines, type TokenOptions } from './tokens.ts'

const options: TokenOptions = { channels: 16, size: 5, groups: 2, taps: 3 }
const { channels, size, groups } = options
const each = channels / 2 / groups
const half = channels / 2

/** What a row step makes of random maps [2, C / 2, H, W] when every channel's matrix has `weight` of (to, from, tap). */
async function rowStep(weight: (to: number, from: number, tap: number) => number) {
  const strips = new Convolution(each * size, each * size, [1, 3], { groups: each, padding: [0, 1] })
  const state = new State({ strips }, 1)
  const values = state.read(strips.weight).data.map((_, at) => {
    const [tap, from, to] = [at % 3, Math.floor(at / 3) % size, Math.floor(at / (3 * size)) % size]
    return weight(to, from, tap)
  })
  state.write(strips.weight, values)
  state.write(strips.bias!, new Float32Array(each * size))
  const random = new Random(1, 'closed-forms')
  const x = Float32Array.from({ length: 2 * half * size * size }, () => random.normal())
  await using program = compile({
    inputs: { x: float32(['batch', half, size, size]) },
    state,
    threads: 1,
    trace: leaves => ({ outputs: { y: mixLines(leaves.x, strips, options, 'row') } }),
  })
  return { x, y: (await program.run({ x })).y.data as Float32Array }
}

/** Identity matrices on the middle tap leave the maps; the largest difference. */
export async function identityError(): Promise<number> {
  const { x, y } = await rowStep((to, from, tap) => Number(tap === 1 && to === from))
  return y.reduce((most, value, i) => Math.max(most, Math.abs(value - x[i]!)), 0)
}

/** Ones on the last tap give the sum of the row below everywhere, 0 in the last row; the largest difference. */
export async function shiftError(): Promise<number> {
  const { x, y } = await rowStep((_to, _from, tap) => Number(tap === 2))
  return y.reduce((most, value, at) => {
    const row = Math.floor(at / size) % size
    const start = (Math.floor(at / size) + 1) * size
    const sum = row === size - 1 ? 0 : x.subarray(start, start + size).reduce((total, pixel) => total + pixel, 0)
    return Math.max(most, Math.abs(value - sum))
  }, 0)
}

/** Tokens of a 15 x 15 grid that one step along its lines lets the middle one see: those whose input gradient is not 0. */
export async function tokensSeen(line: 'row' | 'column', taps: 1 | 3): Promise<number> {
  const side = 15
  const wide: TokenOptions = { ...options, size: side, taps }
  const strips = new Convolution(each * side, each * side, [1, taps], { groups: each, padding: [0, taps >> 1] })
  await using program = compile({
    inputs: { x: float32(['batch', half, side, side]) },
    state: new State({ strips }, 1),
    threads: 1,
    trace: ({ x }) => {
      const middle = side >> 1
      const token = mixLines(x, strips, wide, line)
        .slice(2, middle, middle + 1)
        .slice(3, middle, middle + 1)
      return { outputs: { gradient: grad(token.sum(), [x])[0]! } }
    },
  })
  const random = new Random(1, 'tokens-seen')
  const x = Float32Array.from({ length: half * side * side }, () => random.normal())
  const gradient = (await program.run({ x })).gradient.data as Float32Array
  return new Set(Array.from(gradient.keys()).flatMap(at => (gradient[at] === 0 ? [] : [at % (side * side)]))).size
}
