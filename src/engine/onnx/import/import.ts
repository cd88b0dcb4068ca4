import { InterplayError, isInterplayError } from '../../../errors/index.ts'
import { addDimensions, multiplyDimensions, opaqueDimension, type Dimension, type Shape } from '../../dimension.ts'
import { isFloat, toArray, type DataType } from '../../dtype.ts'
import type { ProgramOptions } from '../../program.ts'
import type { TensorType } from '../../tensor.ts'
import { readModel } from '#model-file'
import { decodeModel, type OnnxModel, type OnnxTensor, type ValueInfo } from '../codec.ts'
import type { Limits } from '../limits.ts'
import { convertModel } from '../versions.ts'
import { ImportedModel } from './model.ts'
import { defaultReadLimits, type ReadLimits } from './read-limits.ts'
import { typeOf, Unread } from './reading.ts'
import { Weights, withWeightsAsInitializers } from './weights.ts'

export interface ImportOptions extends ProgramOptions {
  /** The file's name in errors, where its bytes are given. */
  file?: string
  /** Initialisers to keep as constants: frozen for good, and packed by the runtime beforehand. */
  frozen?: (name: string) => boolean
  /** Scalar inputs to hold at a number (a sampling rate): branches that depend on them are then known. */
  fixed?: Readonly<Record<string, number>>
  /** Inputs' extents, instead of those that the file declares. */
  shapes?: Readonly<Record<string, Shape>>
  /** What a file of unknown origin may cost. */
  limits?: Partial<Limits & ReadLimits>
}

/**
 * Reads an ONNX file (opsets 6 to 26; a path or URL, or its bytes) into a model that can be run, differentiated,
 * trained, extended and exported again. Weights of half precision become float32. A file may come from anywhere: it can
 * refer to files in its own folder only, and whatever is wrong with it is an error.
 *
 * @throws InterplayError `data/not-found`, `onnx/corrupt`, `onnx/outside`, `onnx/size`, `onnx/opset`, `onnx/type`,
 *   `onnx/operators` naming all operators that are not read, `shape/mismatch`.
 */
export async function importOnnx(source: string | Uint8Array, options: ImportOptions = {}): Promise<ImportedModel> {
  const { limits, frozen = () => false, fixed = {}, shapes = {}, file = nameOf(source), ...program } = options
  const decoded =
    typeof source === 'string'
      ? await readModel(source, limits)
      : decodeModel(source, { file, ...(limits && { limits }) })
  const model = converted(withFixed(decoded, fixed, file), file)
  const inputs = declaredInputs(model, file, shapes)
  return new ImportedModel(
    model,
    file,
    new Weights(model, file, frozen),
    inputs,
    { ...defaultReadLimits, ...limits },
    program,
  )
}

const nameOf = (source: string | Uint8Array): string =>
  typeof source === 'string' ? (source.split(/[/\\]/).at(-1) ?? source) : 'model.onnx'

/** The model in the operators that are read here, its weights among its initialisers. */
function converted(model: OnnxModel, file: string): OnnxModel {
  try {
    return withWeightsAsInitializers(convertModel(model, file, { keep: true }))
  } catch (error) {
    if (isInterplayError(error)) throw error
    throw new InterplayError('onnx/corrupt', `'${file}' has a node that is not what its operator takes`, {
      cause: error,
    })
  }
}

/** The model with inputs held at numbers, also those that have one of their own. */
function withFixed(model: OnnxModel, fixed: Readonly<Record<string, number>>, file: string): OnnxModel {
  const constants = new Map(
    Object.entries(fixed).map(([name, value]) => {
      const input = model.graph.inputs.find(each => each.name === name)
      if (!input) throw new InterplayError('option/invalid', `'${file}' has no input '${name}' to fix`)
      return [name, fixedAt(input, value, file)]
    }),
  )
  const others = model.graph.initializers.filter(({ name }) => !constants.has(name))
  return { ...model, graph: { ...model.graph, initializers: [...others, ...constants.values()] } }
}

/** @throws InterplayError `option/invalid` for a number that the input's type does not hold, `onnx/type`. */
function fixedAt(input: ValueInfo, value: number, file: string): OnnxTensor {
  const { name } = input
  const dtype = inputType(input, file)
  const data = isFloat(dtype) || Number.isSafeInteger(value) ? toArray(dtype, [value]) : []
  if (!isFloat(dtype) && Number(data[0]) !== value) {
    throw new InterplayError('option/invalid', `input '${name}' of '${file}' is ${dtype}, got ${value} to fix it at`)
  }
  return { name, dtype, dims: input.shape?.map(() => 1) ?? [], data } as OnnxTensor
}

/** Inputs that must be fed: files of IR 3 list initialisers among them. */
function declaredInputs(
  { graph }: OnnxModel,
  file: string,
  shapes: Readonly<Record<string, Shape>>,
): Record<string, TensorType> {
  const initialized = new Set(graph.initializers.map(({ name }) => name))
  const open = graph.inputs.filter(({ name }) => !initialized.has(name))
  const given = (name: string) => (Object.hasOwn(shapes, name) ? shapes[name] : undefined)
  return Object.fromEntries(open.map(info => [info.name, declared(info, file, given(info.name))]))
}

function declared(info: ValueInfo, file: string, given?: Shape): TensorType {
  const { name, shape } = info
  const dtype = inputType(info, file)
  const extents = given ?? shape?.map((extent, axis) => symbolOf(extent, `${name}.${axis}`))
  if (!extents) {
    throw new InterplayError('onnx/type', `input '${name}' of '${file}' has no shape`, {
      try: `importOnnx(file, { shapes: { '${name}': [...] } })`,
    })
  }
  return { dtype, shape: extents }
}

function inputType({ name, dtype, container }: ValueInfo, file: string): DataType {
  const refuse = (what: string) =>
    new InterplayError('onnx/type', `input '${name}' of '${file}' is ${what}, which is not read here`)
  if (container) throw refuse(`a ${container}`)
  try {
    return typeOf(dtype, '')
  } catch (error) {
    throw error instanceof Unread ? refuse(dtype ?? 'of no type') : error
  }
}

/** A declared extent; sums and products of symbols (`past + 1`) in the engine's spelling. */
function symbolOf(extent: Dimension, unnamed: string): Dimension {
  if (typeof extent === 'number') return extent
  if (extent === '') return opaqueDimension(unnamed)
  const terms = extent.split('+').map(term => term.split('*').map(atom => atom.trim()))
  if (!terms.every(atoms => atoms.every(atom => /^\w+$/.test(atom)))) return opaqueDimension(extent)
  const factor = (atom: string): Dimension => (/^\d{1,15}$/.test(atom) ? Number(atom) : atom)
  return terms.map(atoms => atoms.map(factor).reduce(multiplyDimensions, 1)).reduce(addDimensions, 0)
}
