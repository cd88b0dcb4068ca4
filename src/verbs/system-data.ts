import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { worldNamed } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { AnySystem, TaskInputs } from '../system/index.ts'

/** A system's data, how they are called, and what they were read from. */
export interface SystemData {
  name: string
  data: unknown
  inputs: { path: string; sha256: string; bytes: number }[]
}

/**
 * Reads the inputs of a system by role, or draws them from a world, and checks them by the task's contract.
 * @throws InterplayError `data/role-missing`, `usage/wrong-task`, and what the task's reader and check throw
 */
export async function systemData(system: AnySystem, asked: TaskInputs): Promise<SystemData> {
  const { task } = system
  const main = asked.inputs[mainRole(task, asked)]
  const found = main?.startsWith('world:') ? drawn(system, main, asked.seed) : await read(system, asked)
  task.check?.(found.data, asked.purpose)
  return found
}

function drawn({ name, task }: AnySystem, input: string, seed: number): SystemData {
  const world = worldNamed(input)
  if (world.task !== task.name) {
    throw new InterplayError('usage/wrong-task', `${name} takes ${task.name} data, ${input} makes ${world.task} data`, {
      try: `interplay systems --task '${world.task}'`,
    })
  }
  const sha256 = createHash('sha256').update(`${input} ${seed}`).digest('hex')
  return { name: world.name, data: world.make({ seed }), inputs: [{ path: input, sha256, bytes: 0 }] }
}

async function read({ name, task, world }: AnySystem, asked: TaskInputs): Promise<SystemData> {
  const example = world === undefined ? undefined : `interplay fit world:${world} -s ${name}`
  if (!task.read) {
    throw new InterplayError(
      'usage/wrong-task',
      `${name} reads no files here: its ${task.name} data come from worlds`,
      {
        try: example,
      },
    )
  }
  const role = mainRole(task, asked)
  const main = asked.inputs[role]
  if (main === undefined) {
    throw new InterplayError('data/role-missing', `${name} needs an input '${role}'`, { try: `${role}=FILE` })
  }
  const data = await task.read(asked)
  const files = Object.values(asked.inputs).filter(path => existsSync(path))
  return { name: basename(main), data, inputs: await Promise.all(files.map(hashed)) }
}

/** The role whose input names the data: of the items that are answered, or the first. */
const mainRole = ({ inputs, answers }: AnySystem['task'], { purpose }: TaskInputs): string =>
  (purpose === 'predict' ? answers : undefined) ?? inputs[0]!

async function hashed(path: string): Promise<SystemData['inputs'][0]> {
  if ((await stat(path)).isDirectory()) return hashedFolder(path)
  const bytes = await readFile(path).catch(() => new Uint8Array())
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }
}

/** By the names and bytes of all files in it. */
async function hashedFolder(path: string): Promise<SystemData['inputs'][0]> {
  const hash = createHash('sha256')
  let bytes = 0
  for (const entry of (await readdir(path, { recursive: true })).sort()) {
    const file = join(path, entry)
    if (!(await stat(file)).isFile()) continue
    const content = await readFile(file)
    hash.update(`${entry} ${content.length} `).update(content)
    bytes += content.length
  }
  return { path, sha256: hash.digest('hex'), bytes }
}
