import type { Case } from './batch.ts'
import type { Jax, JaxArray, Values } from './record.ts'

let loaded: Promise<typeof import('@jax-js/jax')> | undefined

/** jax-js on WebAssembly. It reads `navigator` and `Float16Array`, which Node 20 does not have. */
export function loadJax(): Promise<typeof import('@jax-js/jax')> {
  loaded ??= (async () => {
    if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: {} })
    if (!('Float16Array' in globalThis)) Object.defineProperty(globalThis, 'Float16Array', { value: class {} })
    const jax = await import('@jax-js/jax')
    await jax.init('wasm')
    jax.defaultDevice('wasm')
    return jax
  })()
  return loaded
}

export interface JaxAnswer {
  values: Float64Array[]
  gradients: (Float64Array | undefined)[]
}

/** Value and gradients of a case by jax-js in float64, for the same cotangents. */
export async function askJax({ sample }: Case, cotangents: readonly (Float64Array | undefined)[]): Promise<JaxAnswer> {
  const jax = await loadJax()
  const { numpy: np } = jax
  const tools: Jax = { np, nn: jax.nn, lax: jax.lax }
  const arrays = sample.inputs.map(values => arrayOf(jax, values))
  const values = [sample.jax!(tools, ...arrays.map(array => array.ref))].flat().map(read)
  const moving = sample.inputs.flatMap(({ dtype, fixed }, i) => (dtype === 'float' && !fixed ? [i] : []))
  if (!cotangents[0] || moving.length === 0) return { values, gradients: [] }
  const loss = (...moved: JaxArray[]) => {
    const all = arrays.map((array, i) => (moving.includes(i) ? moved[moving.indexOf(i)]! : array.ref))
    const parts = [sample.jax!(tools, ...all)].flat().map((y, k) => {
      return np.sum(y.mul(np.array(cotangents[k]!, { shape: y.shape, dtype: np.float64 })))
    })
    return parts.reduce((sum, part) => np.add(sum, part))
  }
  const derivative = jax.grad(loss as never, { argnums: moving.map((_, j) => j) }) as unknown as (
    ...moved: JaxArray[]
  ) => JaxArray[]
  const products = derivative(...moving.map(i => arrays[i]!.ref))
  const gradients: (Float64Array | undefined)[] = []
  for (const [j, i] of moving.entries()) gradients[i] = read(products[j]!)
  return { values, gradients }
}

function arrayOf({ numpy: np }: typeof import('@jax-js/jax'), { dtype, shape, data }: Values): JaxArray {
  if (dtype === 'float') return np.array(data, { shape: [...shape], dtype: np.float64 })
  if (dtype === 'bool') return np.array(Int32Array.from(data), { shape: [...shape], dtype: np.int32 }).astype(np.bool)
  return np.array(Int32Array.from(data), { shape: [...shape], dtype: np.int32 })
}

/** Synchronously, on this thread: jax-js takes the worker that onnxruntime-web defines for the browser's. */
const read = (array: JaxArray): Float64Array => Float64Array.from(array.dataSync() as ArrayLike<number>)
