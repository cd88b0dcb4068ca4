import { z } from 'zod'
import { InterplayError } from '../errors/index.ts'
import type { Encoding } from '../data/table/encoding.ts'

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

/** More values than this in all vocabularies together move to files of their own, unless told otherwise. */
const inlineValues = 50_000

/** What a bundle says of itself beside the model. */
export type BundleDescription = Omit<BundleFile, 'schema' | 'model' | 'created'> & { parameters: number }

/**
 * `interplay.json` around a model of that SHA-256, and the texts of a bundle's files by path: `interplay.json` last, long
 * vocabularies as `vocabularies/<n>.jsonl` before it.
 */
export function bundleTexts(
  modelSha256: string,
  { parameters, ...rest }: BundleDescription,
  mostInline = inlineValues,
): { file: BundleFile; texts: Record<string, string> } {
  const file: BundleFile = {
    schema: 'interplay.bundle/1',
    created: new Date().toISOString(),
    ...rest,
    model: { file: 'model.onnx', sha256: modelSha256, opset: 21, parameters },
  }
  const lists: string[][] = []
  const listed = file.fields as Listed[]
  const fields = countValues(listed) > mostInline ? outlined(listed, lists) : listed
  const texts: Record<string, string> = {}
  for (const [n, values] of lists.entries()) {
    texts[vocabularyFile(n)] = values.map(value => `${JSON.stringify(value)}\n`).join('')
  }
  texts['interplay.json'] = `${JSON.stringify({ ...file, fields }, null, 1)}\n`
  return { file, texts }
}

const vocabularyFile = (n: number) => `vocabularies/${n}.jsonl`

/**
 * The bundle of an `interplay.json` named `place` in faults; `read` gives the texts of the files it names, by path.
 * @throws InterplayError `model/corrupt`, `model/newer`
 */
export async function bundleOf(
  place: string,
  text: string,
  read: (path: string) => string | Promise<string>,
): Promise<BundleFile> {
  const file = parse(place, text) as BundleFile | null
  const major = Number(/^interplay\.bundle\/(\d+)$/.exec(file?.schema ?? '')?.[1])
  if (!file || !Number.isInteger(major)) throw new InterplayError('model/corrupt', `'${place}' is no interplay bundle`)
  if (major > 1) throw new InterplayError('model/newer', `bundle version ${major}; this Interplay reads up to 1`)
  requireWhole(place, file)
  return { ...file, fields: (await inlined(file.fields as Listed[], read)) as Encoding['fields'] }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InterplayError('model/corrupt', `'${path}' is not JSON`, { why: (error as Error).message, cause: error })
  }
}

/** What answering rows cannot do without. */
const whole = z.object({
  model: z.object({ sha256: z.string() }),
  fields: z.array(
    z.object({ name: z.string(), type: z.enum(['categorical', 'numeric', 'bucket', 'timestamp', 'sequence']) }),
  ),
  ignored: z.array(z.string()),
  outputs: z.array(z.object({ name: z.string(), kind: z.enum(['probability', 'value']) })).min(1),
})

function requireWhole(place: string, file: BundleFile): void {
  const issues = whole.safeParse(file).error?.issues
  if (!issues) return
  throw new InterplayError('model/corrupt', `'${place}' is not a whole bundle`, {
    why: issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
  })
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
    return { ...field, ...parts, values: undefined, file: vocabularyFile(lists.length - 1) }
  })
}

async function inlined(fields: readonly Listed[], read: (path: string) => string | Promise<string>): Promise<Listed[]> {
  return Promise.all(
    fields.map(async field => {
      const parts = field.parts && { parts: await inlined(field.parts, read) }
      if (field.file === undefined) return { ...field, ...parts }
      // Only the name is taken, so that no file leads out of the bundle.
      const path = `vocabularies/${field.file.split('/').at(-1)}`
      const lines = (await read(path)).split('\n').filter(Boolean)
      const values = lines.map(line => parse(path, line) as string)
      return { ...field, ...parts, values, file: undefined }
    }),
  )
}
