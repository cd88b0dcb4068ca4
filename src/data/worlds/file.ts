import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { TableWorld, WorldOptions } from './world.ts'

/** The rows of a world as a CSV file below the cache, written where it is not there yet; returns its path. */
export function worldFile(world: TableWorld, { seed, size = 'full' }: WorldOptions): string {
  const folder = join(process.env['INTERPLAY_HOME'] ?? join(homedir(), '.cache', 'interplay'), 'worlds')
  const path = join(folder, `${world.name}-${size}-${seed}.csv`)
  const { columns } = world.make({ seed, size })
  const lists = Object.values(columns)
  const lines = lists[0]!.map((_, row) => lists.map(list => list[row]!).join(','))
  const text = `${Object.keys(columns).join(',')}\n${lines.join('\n')}\n`
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return path
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${path}.${process.pid}`, text)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
