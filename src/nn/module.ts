import { Parameter, type ParameterOwner } from '../engine/index.ts'

/**
 * A part of a model: parameters and further modules as properties (or arrays of them). The path of properties to a
 * parameter is its name in files: `layers.0.weight`.
 */
export abstract class Module implements ParameterOwner {
  *parameters(): Iterable<readonly [path: string, parameter: Parameter]> {
    for (const [name, value] of Object.entries(this)) yield* walk(name, value)
  }
}

function* walk(path: string, value: unknown): Iterable<readonly [string, Parameter]> {
  if (value instanceof Parameter) yield [path, value]
  else if (value instanceof Module)
    for (const [inner, parameter] of value.parameters()) yield [`${path}.${inner}`, parameter]
  else if (Array.isArray(value)) for (const [i, each] of value.entries()) yield* walk(`${path}.${i}`, each)
}

/** The parameters an optimizer may move: all but buffers, each once. */
export function trainable(module: ParameterOwner): Parameter[] {
  const found = new Set<Parameter>()
  for (const [, parameter] of module.parameters()) if (parameter.role !== 'buffer') found.add(parameter)
  return [...found]
}

/** Trained values, buffers left out. */
export const countParameters = (module: ParameterOwner): number =>
  trainable(module).reduce((total, parameter) => total + parameter.size, 0)
