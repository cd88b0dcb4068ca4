import { InterplayError } from '../errors/index.ts'
import { bundleOf } from '../train/bundle-file.ts'
import { RowPredictor, type RowPredictorOptions } from './row-predictor.ts'

/** A bundle's files by path: `model.onnx`, `interplay.json`, and `vocabularies/<n>.jsonl` where it has them. */
export type BundleFiles = Readonly<Record<string, Uint8Array | string>>

/**
 * A predictor from the files of a bundle, made here or by `interplay fit`.
 * @throws InterplayError `model/not-found`, `model/corrupt`, `model/newer`, `onnx/corrupt`
 */
export async function openBundle(files: BundleFiles, options?: RowPredictorOptions): Promise<RowPredictor> {
  const model = files['model.onnx'] ?? missing('model.onnx')
  if (typeof model === 'string') throw new InterplayError('model/corrupt', `'model.onnx' is text`)
  const bundle = await bundleOf('interplay.json', textOf(files, 'interplay.json'), path => textOf(files, path))
  if ((await sha256(model)) !== bundle.model.sha256) {
    throw new InterplayError('onnx/corrupt', `'model.onnx' is not the model interplay.json was written for`, {
      why: 'their checksums differ: the file was cut off or replaced',
    })
  }
  return RowPredictor.open(model, bundle, options)
}

function textOf(files: BundleFiles, path: string): string {
  const content = files[path] ?? missing(path)
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}

function missing(path: string): never {
  throw new InterplayError('model/not-found', `the bundle has no '${path}'`, { try: 'give all files of its folder' })
}

/** Hexadecimal, by the platform's Web Crypto: browsers have it on https and localhost. */
export async function sha256(content: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}
