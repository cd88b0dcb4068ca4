import { readFileSync } from 'node:fs'
import { isMap, isScalar, LineCounter, parseDocument, type Node } from 'yaml'
import { InterplayError } from '../../errors/index.ts'
import { asMapping, type ConfigurationFile } from './file.ts'

/** Reads YAML (or JSON, which is YAML), keeping the line of every key. */
export function readYaml(path: string, name: string): ConfigurationFile {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const [fault] = document.errors
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0])
    throw new InterplayError('usage/config', `'${name}' is not YAML: ${fault.message.toLowerCase()}`, {
      where: `${name} line ${line}, column ${col}`,
    })
  }
  const content = asMapping(document.toJS(), name)
  return {
    name,
    content,
    line(path) {
      let node: unknown = document.contents
      let key: unknown
      for (const step of path) {
        if (!isMap(node)) return undefined
        const pair = node.items.find(item => isScalar(item.key) && String(item.key.value) === step)
        key = pair?.key
        node = pair?.value
      }
      const start = (key as Node | undefined)?.range?.[0]
      return start === undefined ? undefined : lines.linePos(start).line
    },
  }
}
