import { createHash } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InterplayError } from '../errors/index.ts'
import { bundleOf, bundleTexts, type BundleDescription, type BundleFile } from './bundle-file.ts'
import { writeWhole } from './files.ts'

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Writes `model.onnx` and `interplay.json`, with long vocabularies beside them as `vocabularies/<n>.jsonl`. */
export async function writeBundle(
  folder: string,
  model: Uint8Array,
  description: BundleDescription,
): Promise<BundleFile> {
  const { file, texts } = bundleTexts(sha256(model), description)
  await writeWhole(join(folder, 'model.onnx'), model)
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeWhole(join(folder, path), text)
  }
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
  return bundleOf(path, text, file => readFile(join(folder, file), 'utf8'))
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
