import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { runtime } from '../../engine/runtime/node.ts'
import { isInterplayError } from '../../errors/index.ts'
import { buffersOf } from './batch.ts'
import type { RunMessage, WorkerMessage, WorkerSetup } from './protocol.ts'

const { models, threads, device } = workerData as WorkerSetup
const port = parentPort!

const sessions = await Promise.all(
  models.map(async path => runtime.createSession(await readFile(path), { threads, device, optimization: 'all' })),
)
const fetches = sessions.map(session => Object.fromEntries(session.outputNames.map(name => [name, null])))

const answer = (message: WorkerMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

port.on('message', async (message: RunMessage | 'close') => {
  if (message === 'close') {
    await Promise.all(sessions.map(session => session.close()))
    return port.close()
  }
  try {
    const outputs = await sessions[message.model]!.run(message.feeds, fetches[message.model]!)
    answer({ outputs }, buffersOf(outputs))
  } catch (error) {
    const { message: text, why } = error as { message: string; why?: string }
    answer({ error: { code: isInterplayError(error) ? error.code : 'internal/worker', message: text, why } })
  }
})

answer({ ready: true })
