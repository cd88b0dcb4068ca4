import { InterplayError, suggest } from '../../../errors/index.ts'
import type { OnnxModel } from '../codec.ts'

/** Longer paths are no module's: their tails would only take memory. Parts, and characters in all. */
const deepestPath = 32
const longestPath = 1024

/**
 * What a file's values are called: by their own names, by their nodes' names, and by the path of the module they come
 * from. PyTorch names a node `/layer3/layer3.2/relu/Relu`: any tail of its path (`layer3.2/relu`) means the last value
 * computed under it, the module's answer.
 */
export class Names {
  private readonly own = new Set<string>()
  private readonly nodes = new Map<string, string>()
  /** Tail of a path -> the whole paths that end with it, each with its last value. */
  private readonly tails = new Map<string, Map<string, string>>()

  constructor(
    { graph }: OnnxModel,
    private readonly file: string,
  ) {
    for (const { name } of [...graph.inputs, ...graph.initializers]) this.own.add(name)
    for (const { name, op, outputs } of graph.nodes) {
      for (const output of outputs) if (output) this.own.add(output)
      const [first] = outputs
      if (!first || op === 'Constant') continue
      if (name) this.nodes.set(name, first)
      this.follow(name, first)
    }
  }

  /** Every name of a value. */
  get values(): readonly string[] {
    return [...this.own]
  }

  /**
   * The value that a name means.
   *
   * @throws InterplayError `onnx/name` for an unknown name, or a tail that several paths have.
   */
  resolve(name: string): string {
    if (this.own.has(name)) return name
    const node = this.nodes.get(name)
    if (node) return node
    const paths = this.tails.get(name)
    if (paths?.size === 1) return [...paths.values()][0]!
    if (paths) {
      throw new InterplayError('onnx/name', `'${name}' in '${this.file}' means ${paths.size} nodes`, {
        why: `${[...paths.keys()].slice(0, 3).join(', ')}${paths.size > 3 ? ' ...' : ''}`,
        try: `'${[...paths.keys()][0]}'`,
      })
    }
    const near = suggest(name, [...this.tails.keys(), ...this.nodes.keys(), ...this.own])
    throw new InterplayError('onnx/name', `'${this.file}' has no value '${name}'`, {
      ...(near.length > 0 && { why: `nearest: ${near.join(', ')}` }),
    })
  }

  /** Enters a node's path, and those of its module and the modules around it, under all their tails. */
  private follow(node: string, value: string): void {
    if (!node.startsWith('/') || node.length > longestPath) return
    const parts = node.split('/').slice(1)
    if (parts.length > deepestPath) return
    for (let length = parts.length; length > 0; length--) {
      const path = parts.slice(0, length).join('/')
      for (let start = 0; start < length; start++) {
        const tail = parts.slice(start, length).join('/')
        const paths = this.tails.get(tail) ?? new Map<string, string>()
        this.tails.set(tail, paths.set(path, value))
      }
    }
  }
}
