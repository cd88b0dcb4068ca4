import type { HonoRequest } from 'hono'
import { InterplayError } from '../errors/index.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The JSON value of a request's body.
 *
 * @throws InterplayError `server/media-type` unless it is plain JSON, `server/too-large` above `maxBytes`,
 *   `request/invalid` when it is not UTF-8 or not JSON.
 */
export async function readJson(request: HonoRequest, maxBytes: number): Promise<unknown> {
  const type = request.header('content-type')?.split(';', 1)[0]!.trim().toLowerCase() ?? ''
  if (type !== 'application/json') {
    throw new InterplayError(
      'server/media-type',
      `the body is ${type ? `'${type}'` : 'of no type'}, not application/json`,
    )
  }
  const encoding = request.header('content-encoding')
  if (encoding !== undefined && encoding !== 'identity') {
    throw new InterplayError('server/media-type', 'the body is compressed; plain JSON is read')
  }
  const bytes = await readBytes(request, maxBytes)
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (error) {
    const why = error instanceof SyntaxError ? `not JSON: ${error.message}` : 'not UTF-8'
    throw new InterplayError('request/invalid', 'the request is not valid', {
      why: `the body is ${why}`,
      details: { errors: [{ pointer: '', detail: `is ${why}` }] },
    })
  }
}

/** HTTP itself holds a body to the length it declares; one that declares none is counted while it arrives. */
async function readBytes(request: HonoRequest, maxBytes: number): Promise<ArrayBuffer | Uint8Array> {
  const declared = request.header('content-length')
  if (declared !== undefined) {
    if (Number(declared) > maxBytes) throw tooLarge(maxBytes)
    return request.arrayBuffer()
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of (request.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.byteLength
    if (length > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

const tooLarge = (maxBytes: number) =>
  new InterplayError('server/too-large', `the body is over ${maxBytes.toLocaleString('en-US')} bytes`)
