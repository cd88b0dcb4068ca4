import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads'
import { InterplayError } from '../../../errors/index.ts'
import { Labourer, type Job } from './jobs.ts'
import type { Workspace } from './workspace.ts'

/** Words of the block through which threads are told to start and tell that they have finished. */
export const word = { generation: 0, finished: 1, nextShare: 2, failed: 3, lefts: 4 } as const

/** What a member of the crew is started with. */
export interface CrewMember {
  workspace: Workspace
  control: Int32Array
  port: MessagePort
  part: number
  parts: number
}

/**
 * Jobs of fewer row x column cells are left to the calling thread: waking the others costs as much. Measured on two
 * cores: a job handed over and back is about 20 microseconds, a histogram cell about 1 nanosecond.
 */
const worthSharing = 20_000

/**
 * The threads of one fit. The caller is one of them: it blocks until a job is whole, which is what lets a tree be
 * grown in plain sequential code. Results are the same for any number of threads.
 */
export class Crew {
  private readonly own: Labourer

  private constructor(
    private readonly workspace: Workspace,
    private readonly members: { worker: Worker; port: MessagePort }[],
    private readonly control: Int32Array,
  ) {
    this.own = new Labourer(workspace)
  }

  /** Starts `threads - 1` workers over `workspace`, and waits until they are ready. */
  static async start(workspace: Workspace, threads: number): Promise<Crew> {
    const control = new Int32Array(new SharedArrayBuffer(4 * (word.lefts + threads)))
    const members = Array.from({ length: threads - 1 }, (_, i) => {
      const { port1, port2 } = new MessageChannel()
      const workerData: CrewMember = { workspace, control, port: port2, part: i + 1, parts: threads }
      return { worker: new Worker(entry, { workerData, transferList: [port2], execArgv }), port: port1 }
    })
    const crew = new Crew(workspace, members, control)
    await Promise.all(
      members.map(
        ({ worker }) =>
          new Promise<void>((resolve, reject) => {
            worker.once('message', () => resolve())
            worker.once('error', reject)
          }),
      ),
    )
    return crew
  }

  derivatives() {
    this.run({ kind: 'derivatives' }, this.workspace.table.rows >= worthSharing)
  }

  /** Sums of the derivatives over the first `rows` rows of `order`. */
  sum(output: number, rows: number): { gradient: number; hessian: number } {
    return this.own.sum(output, rows)
  }

  measure(job: Omit<Job & { kind: 'measure' }, 'kind'>) {
    const cells = (job.leaf.end - job.leaf.begin) * this.workspace.table.columns.length
    this.run({ kind: 'measure', ...job }, cells >= worthSharing)
  }

  settle(job: Omit<Job & { kind: 'settle' }, 'kind'>) {
    this.run({ kind: 'settle', ...job }, this.workspace.table.rows >= worthSharing)
  }

  /** Splits order[begin .. end) by the bins in `goesLeft`, keeping the order within each side; returns the rows that went left. */
  partition(group: number, place: number, begin: number, end: number): number {
    const parts = this.run({ kind: 'partition', group, place, begin, end }, end - begin >= worthSharing)
    const lefts = Array.from({ length: parts }, (_, part) => this.control[word.lefts + part]!)
    this.run({ kind: 'gather', begin, end, lefts }, parts > 1)
    return lefts.reduce((sum, n) => sum + n, 0)
  }

  async close(): Promise<void> {
    for (const { port } of this.members) port.postMessage('stop')
    this.wake()
    await Promise.all(this.members.map(({ worker }) => worker.terminate()))
  }

  /** Returns how many parts the job was done in. */
  private run(job: Job, share: boolean): number {
    const { control, members } = this
    const others = share ? members : []
    Atomics.store(control, word.nextShare, 0)
    Atomics.store(control, word.finished, 0)
    if (others.length > 0) {
      for (const { port } of others) port.postMessage(job)
      this.wake()
    }
    const parts = others.length + 1
    control[word.lefts] = this.own.do(job, { part: 0, parts, take: () => Atomics.add(control, word.nextShare, 1) })
    for (let done = Atomics.load(control, word.finished); done < others.length;) {
      awaitChange(control, word.finished, done)
      done = Atomics.load(control, word.finished)
    }
    if (Atomics.load(control, word.failed) > 0) this.fail()
    return parts
  }

  private wake() {
    Atomics.add(this.control, word.generation, 1)
    Atomics.notify(this.control, word.generation)
  }

  private fail(): never {
    const causes = this.members.map(({ port }) => receiveMessageOnPort(port)?.message as Error | undefined)
    throw new InterplayError('internal/trees', 'a thread of the fit failed', { cause: causes.find(Boolean) })
  }
}

/** Polls for a while, then sleeps, until control[index] is no longer `value`. */
export function awaitChange(control: Int32Array, index: number, value: number) {
  for (let turn = 0; turn < 2000; turn++) if (Atomics.load(control, index) !== value) return
  Atomics.wait(control, index, value)
}

/** A run from the TypeScript sources (tests) lets the thread compile what it imports. */
const fromSource = import.meta.url.endsWith('.ts')
const entry = new URL(fromSource ? './crew-worker.ts' : './crew-worker.js', import.meta.url)
const execArgv = fromSource ? ['--import', compiler()] : []

function compiler(): string {
  const jiti = pathToFileURL(createRequire(import.meta.url).resolve('jiti'))
  return new URL('jiti-register.mjs', jiti).href
}
