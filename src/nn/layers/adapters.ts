import type { Tensor } from '../../engine/index.ts'
import type { Module } from '../module.ts'

/** What a host layer answers with an adapter on it, from the host's input and its own answer. */
export type Adapter = (x: Tensor, y: Tensor) => Tensor

const worn: ReadonlyMap<Module, Adapter>[] = []

/**
 * Traces with adapters on linear layers and convolutions, by host. Tracing is synchronous, so nothing else is traced
 * meanwhile; adapters of an outer call act first. A model is never rebuilt for its adapters: the same one is traced
 * with them and without.
 */
export function withAdapters<T>(adapters: ReadonlyMap<Module, Adapter>, trace: () => T): T {
  worn.push(adapters)
  try {
    return trace()
  } finally {
    worn.pop()
  }
}

/** The answer of a host with the adapters that it wears. */
export const adapted = (host: Module, x: Tensor, y: Tensor): Tensor =>
  worn.reduce((answer, adapters) => adapters.get(host)?.(x, answer) ?? answer, y)
