import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { awaitChange, word, type CrewMember } from './crew.ts'
import { Labourer, type Job } from './jobs.ts'

const { workspace, control, port, part, parts } = workerData as CrewMember
const labourer = new Labourer(workspace)
const share = { part, parts, take: () => Atomics.add(control, word.nextShare, 1) }

let generation = Atomics.load(control, word.generation)
parentPort!.postMessage('ready')
for (;;) {
  awaitChange(control, word.generation, generation)
  generation = Atomics.load(control, word.generation)
  const job = receiveMessageOnPort(port)!.message as Job | 'stop'
  if (job === 'stop') break
  try {
    control[word.lefts + part] = labourer.do(job, share)
  } catch (error) {
    port.postMessage(error)
    Atomics.store(control, word.failed, 1)
  }
  Atomics.add(control, word.finished, 1)
  Atomics.notify(control, word.finished)
}
port.close()
