import { isDeepStrictEqual } from 'node:util'
import type { PreparedTable, TableInput } from '../data/index.ts'
import { InterplayError } from '../errors/index.ts'
import type { FitOptions } from './fit.ts'
import type { FitPlan } from './plan.ts'
import { RunFolder, type RunFile } from './run-folder.ts'
import { version } from './version.ts'

/** Settings that a resumed run may have otherwise: they say when it stops and how fast it goes, not what it learns. */
const free = new Set(['epochs', 'patience', 'timeLimit', 'threads'])

/** A new run folder, or with `resume` the one of `out`, which must come from the same data and settings. */
export async function beginRun(
  input: TableInput,
  prepared: PreparedTable,
  plan: FitPlan,
  options: FitOptions,
): Promise<{ folder: RunFolder; file: RunFile }> {
  const { resume = false, overwrite = false, out, seed = 1 } = options
  const { system, options: chosen, ...settings } = plan.settings
  const { target, split, ignore, where, type, role, encoding, reader, embedding, sharing } = options
  const file: RunFile = {
    schema: 'interplay.run/1',
    interplay: version,
    node: process.versions.node,
    command: options.command ?? '',
    created: new Date().toISOString(),
    state: 'running',
    system,
    input: typeof input === 'string' ? input : JSON.stringify(input),
    settings: {
      ...settings,
      set: chosen,
      target,
      split,
      ignore,
      where,
      type,
      role,
      encoding,
      reader,
      embedding,
      sharing,
    },
    origins: options.origins ?? {},
    seed,
    data: prepared.inputs.map(({ path, sha256, bytes }) => ({ path, sha256, bytes })),
  }
  if (resume && out !== undefined && !(await RunFolder.begun(out))) {
    const { folder, file: begun } = await RunFolder.open(out)
    checkUnchanged(begun, file)
    const resumed = { ...file, created: begun.created }
    await folder.writeRun(resumed)
    return { folder, file: resumed }
  }
  const folder = await RunFolder.create(prepared.name, system, out, overwrite)
  await folder.writeRun(file)
  return { folder, file }
}

/** Throws `run/changed` where the run would go on with other data or settings than it began with. */
function checkUnchanged(begun: RunFile, now: RunFile): void {
  for (const [i, { path, sha256 }] of begun.data.entries()) {
    if (now.data[i]?.sha256 === sha256) continue
    throw new InterplayError('run/changed', `cannot resume: '${path}' changed since the run began`, {
      try: 'a new run, with another --out',
    })
  }
  const [before, after] = [begun, now].map(({ system, settings }) => plain({ system, ...settings })) as [Plain, Plain]
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    key => !free.has(key) && !isDeepStrictEqual(before[key], after[key]),
  )
  if (changed.length === 0) return
  const said = (value: unknown) => (value === undefined ? 'not given' : JSON.stringify(value))
  throw new InterplayError('run/changed', `cannot resume: ${changed.join(', ')} changed since the run began`, {
    why: changed.map(key => `${key} was ${said(before[key])}, is ${said(after[key])}`).join('; '),
    try: 'a new run, with another --out',
  })
}

type Plain = Record<string, unknown>

/** As it comes back from a file: without the keys that are undefined. */
const plain = (value: Plain): Plain => JSON.parse(JSON.stringify(value)) as Plain
