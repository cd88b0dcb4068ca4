import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { encodingSettings, prepareTable, type EncodedTable } from '../../data/index.ts'
import { InterplayError } from '../../errors/index.ts'
import { RunFolder, type RunFile } from '../run-folder.ts'

/** What a run was fitted on. */
export interface OwnRows {
  name: string
  /** The test rows, then the other rows. */
  tables: EncodedTable[]
  train: EncodedTable
  valid: EncodedTable
}

/**
 * Reads the data of a run again.
 *
 * @throws InterplayError `usage/missing-input` for a bundle without its run, `run/changed`
 */
export async function ownRows(folder: string, signal?: AbortSignal): Promise<OwnRows> {
  if (!existsSync(join(folder, 'run.json')))
    throw new InterplayError('usage/missing-input', `'${folder}' is a bundle without its data`, {
      why: 'run.json, which says where they are, is missing',
      try: `interplay explain ${folder} ROWS`,
    })
  const { file } = await RunFolder.open(folder)
  const prepared = await prepareTable(inputOf(file), { ...optionsOf(file), signal })
  for (const [i, { path, sha256 }] of file.data.entries())
    if (prepared.inputs[i] && prepared.inputs[i].sha256 !== sha256)
      throw new InterplayError('run/changed', `'${path}' changed since the run '${folder}' was made`, {
        why: 'its test rows are no longer known to be those the model never saw',
        try: `interplay explain ${folder} ${path}`,
      })
  const { train, valid, test } = prepared
  const tables = test.rows > 0 ? [test, valid, train] : [valid, train]
  return { name: prepared.name, tables, train, valid }
}

const inputOf = ({ input }: RunFile) =>
  input.startsWith('{') ? (JSON.parse(input) as { train: string; valid?: string; test?: string }) : input

function optionsOf({ settings, seed }: RunFile): Parameters<typeof prepareTable>[1] {
  const { target, split, ignore, where, type, role, encoding, reader } = settings as {
    target?: string | string[]
    split?: string
    ignore?: string[]
    where?: string
    type?: Record<string, string>
    role?: Record<string, string[]>
    encoding?: Record<string, unknown>
    reader?: Record<string, unknown>
  }
  const parts = { types: type, roles: role, ignore, where, split, ...encodingSettings(encoding), reader, seed }
  return { target: target === undefined ? undefined : [target].flat(), ...parts }
}
