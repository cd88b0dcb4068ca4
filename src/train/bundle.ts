import { createHash } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Encoding } from '../data/table/encoding.ts'
import { InterplayError } from '../errors/index.ts'
import { writeWhole } from './files.ts'

/** `interplay.json`: all that is needed beside `model.onnx` to answer raw rows. */
export interface BundleFile extends Encoding {
  schema: 'interplay.bundle/1'
  interplay: string
  system: string
  task: 'table'
  created: string
  model: { file: 'model.onnx'; sha256: string; opset: number; parameters: number }
  metrics: { test?: Record<string, number> }
  data: { name: string; sha256: string; rows: number }
}

/** More values than this in all vocabularies together move to files of their own. */
const inlineValues = 50_000

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Writes `model.onnx` and `interplay.json`, with long vocabularies beside them as `vocabularies/<n>.jsonl`. */
export async function writeBundle(
  folder: string,
  model: Uint8Array,
  description: Omit<BundleFile, 'schema' | 'model' | 'created'> & { parameters: number },
): Promise<BundleFile> {
  const { parameters, ...rest } = description
  const file: BundleFile = {
    schema: 'interplay.bundle/1',
    created: new Date().toISOString(),
    ...rest,
    model: { file: 'model.onnx', sha256: sha256(model), opset: 21, parameters },
  }
  await writeWhole(join(folder, 'model.onnx'), model)
  const lists: string[][] = []
  const listed = file.fields as Listed[]
  const fields = countValues(listed) > inlineValues ? outlined(listed, lists) : listed
  if (lists.length > 0) await mkdir(join(folder, 'vocabularies'), { recursive: true })
  for (const [n, values] of lists.entries()) {
    await writeWhole(
      join(folder, 'vocabularies', `${n}.jsonl`),
      values.map(value => `${JSON.stringify(value)}\n`).join(''),
    )
  }
  await writeWhole(join(folder, 'interplay.json'), `${JSON.stringify({ ...file, fields }, null, 1)}\n`)
  return file
}

/** Reads `interplay.json` of a run or bundle folder, vocabularies put back in place. */
export async function readBundle(folder: string): Promise<BundleFile> {
  const path = join(folder, 'interplay.json')
  const text = await readFile(path, 'utf8').catch(() => {
    throw new InterplayError('model/not-found', `'${folder}' holds no bundle: interplay.json is missing`, {
      try: 'interplay fit ROWS -t TARGET',
    })
  })
  const file = parse(path, text)
  const major = Number(/^interplay\.bundle\/(\d+)$/.exec(file.schema)?.[1])
  if (!Number.isInteger(major)) throw new InterplayError('model/corrupt', `'${path}' is no interplay bundle`)
  if (major > 1) throw new InterplayError('model/newer', `bundle version ${major}; this Interplay reads up to 1`)
  return { ...file, fields: (await inlined(folder, file.fields as Listed[])) as Encoding['fields'] }
}

/** The path of a bundle's model, checked against the hash beside it. */
export async function modelPath(folder: string, bundle: BundleFile): Promise<string> {
  const path = join(folder, basename(bundle.model.file))
  const exists = await stat(path).catch(() => undefined)
  if (!exists) throw new InterplayError('model/not-found', `'${path}' is missing`)
  if (sha256(await readFile(path)) !== bundle.model.sha256) {
    throw new InterplayError('onnx/corrupt', `'${path}' is not the model interplay.json was written for`, {
      why: 'their checksums differ: the file was cut off or replaced',
    })
  }
  return path
}

function parse(path: string, text: string): BundleFile {
  try {
    return JSON.parse(text) as BundleFile
  } catch (error) {
    throw new InterplayError('model/corrupt', `'${path}' is not JSON`, { why: (error as Error).message, cause: error })
  }
}

/** What the fields of an encoding have in common here: lists of values, in place or in a file. */
interface Listed {
  values?: string[]
  file?: string
  parts?: Listed[]
}

const countValues = (fields: readonly Listed[]): number =>
  fields.reduce((sum, field) => sum + (field.values?.length ?? 0) + countValues(field.parts ?? []), 0)

/** Replaces every list of values by the name of its file. */
function outlined(fields: readonly Listed[], lists: string[][]): Listed[] {
  return fields.map(field => {
    const parts = field.parts && { parts: outlined(field.parts, lists) }
    if (!field.values) return { ...field, ...parts }
    lists.push(field.values)
    return { ...field, ...parts, values: undefined, file: `vocabularies/${lists.length - 1}.jsonl` }
  })
}

async function inlined(folder: string, fields: readonly Listed[]): Promise<Listed[]> {
  return Promise.all(
    fields.map(async field => {
      const parts = field.parts && { parts: await inlined(folder, field.parts) }
      if (field.file === undefined) return { ...field, ...parts }
      const text = await readFile(join(folder, 'vocabularies', basename(field.file)), 'utf8')
      const values = text
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as string)
      return { ...field, ...parts, values, file: undefined }
    }),
  )
}
