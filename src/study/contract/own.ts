import { worlds } from '../../data/index.ts'
import { decodeSafetensors, encodeSafetensors } from '../../engine/index.ts'
import { Random } from '../../random/index.ts'
import {
  parseOptions,
  type AnySystem,
  type Answer,
  type Fitted,
  type GivenRun,
  type RunContext,
  type Saved,
} from '../../system/index.ts'
import { broken, refused } from './broken.ts'
import { fingerprint } from './fingerprint.ts'
import type { ContractCheck } from './index.ts'
import { faultsOf, reorder } from './variants.ts'

interface Example {
  data: unknown
  subject?: unknown
  from?: GivenRun
  options?: Readonly<Record<string, unknown>>
}

/** Passes over the data, or steps, of a system that counts them: the contract asks that it learns alike, not well. */
const checkedEpochs = 2
const counted = ['epochs', 'iterations']

const contextOf = (seed: number, from?: GivenRun): RunContext => ({ seed, threads: 1, from, progress: () => {} })

/** Checks of the verbs that a system brings itself. */
export function ownChecks(system: AnySystem): ContractCheck[] {
  const checks: ContractCheck[] = []
  const add = (name: string, run: () => Promise<void>) => checks.push({ name, run })
  if (system.fit) {
    add('fit: the same seed gives the same answers; data stay as they were', () => fitTwice(system))
    add('fit: what was saved predicts the same', () => savedSame(system))
    add('fit: the order of items changes nothing at prediction', () => anyOrder(system))
    add('fit: data that cannot be learned from are refused by name', () =>
      faults(system, 'fit', example => fitOnce(system, example, 1, async () => {})),
    )
  }
  for (const verb of ['predict', 'explain', 'rank'] as const) {
    if (!system[verb]) continue
    add(`${verb}: the same seed gives the same result; data stay as they were`, () => twice(system, verb))
    add(`${verb}: data that cannot be used are refused by name`, () =>
      faults(system, verb, example => call(system, verb, example)),
    )
  }
  return checks
}

async function exampleOf(system: AnySystem): Promise<Example> {
  if (system.example) return system.example(contextOf(1))
  const own = worlds.find(world =>
    system.world === undefined ? world.task === system.task.name : world.name === system.world,
  )
  if (!own) broken(`no world makes ${system.task.name} data, and it has no example`)
  return { data: own.make({ seed: 1, size: 'small' }) }
}

async function fitOnce<Result>(
  system: AnySystem,
  { data, from, options }: Example,
  seed: number,
  use: (fitted: Fitted) => Promise<Result>,
): Promise<Result> {
  system.task.check?.(data, 'fit')
  const short = counted.filter(option => option in system.options.shape).map(option => [option, checkedEpochs])
  const chosen = parseOptions(system, { ...options, ...Object.fromEntries(short) })
  const fitted = await system.fit!(data, chosen, contextOf(seed, from))
  try {
    return await use(fitted)
  } finally {
    await fitted.close?.()
  }
}

const predicted = (fitted: Fitted, data: unknown): Promise<Answer> => fitted.predict(data, contextOf(1))

async function fitTwice(system: AnySystem): Promise<void> {
  const example = await exampleOf(system)
  const { data } = example
  const before = fingerprint(data)
  const answers = () => fitOnce(system, example, 1, fitted => predicted(fitted, data))
  const first = await answers()
  if (first.records.length === 0) broken('it predicts nothing')
  if (fingerprint(data) !== before) broken('fitting or predicting changed its data')
  if (fingerprint(first) !== fingerprint(await answers())) broken('the same seed gives other answers')
}

async function savedSame(system: AnySystem): Promise<void> {
  const example = await exampleOf(system)
  const { data } = example
  const { answer, saved } = await fitOnce(system, example, 1, async fitted => ({
    answer: await predicted(fitted, data),
    saved: throughFiles(await fitted.save()),
  }))
  const loaded = await system.load!(saved, contextOf(1, example.from))
  try {
    if (fingerprint(await predicted(loaded, data)) !== fingerprint(answer)) broken('it answers otherwise once loaded')
  } finally {
    await loaded.close?.()
  }
}

/** What is left of a saved state on its way to files and back. */
const throughFiles = ({ description, tensors, model }: Saved): Saved => ({
  description: JSON.parse(JSON.stringify(description)) as Saved['description'],
  ...(tensors ? { tensors: decodeSafetensors(encodeSafetensors(tensors)).tensors } : {}),
  ...(model ? { model: Uint8Array.from(model) } : {}),
})

/** Answers move with the items they are of; a record's own place (`node`, `image`) is left out of the comparison. */
async function anyOrder(system: AnySystem): Promise<void> {
  const example = await exampleOf(system)
  const { data } = example
  const known = reorder(system.task.name, data, items => new Random(1, 'order').permutation(items))
  if (!known) return
  const { order, moved } = known
  const [plain, permuted] = await fitOnce(system, example, 1, async fitted => [
    (await predicted(fitted, data)).records,
    (await predicted(fitted, moved)).records,
  ])
  const width = plain!.length / order.length
  permuted!.forEach((record, i) => {
    const other = plain![order[Math.floor(i / width)]! * width + (i % width)]!
    for (const [key, value] of Object.entries(record)) {
      if (['node', 'image', 'scene', 'text', 'row', 'name'].includes(key)) continue
      if (!close(value, other[key])) broken(`'${key}' of item ${i} is ${String(value)}, ${String(other[key])} in order`)
    }
  })
}

function close(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(a))
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, i) => close(each, b[i]))
  return fingerprint(a) === fingerprint(b)
}

type Verb = 'predict' | 'explain' | 'rank'

function call(system: AnySystem, verb: Verb, { data, subject, from, options: given = {} }: Example): Promise<unknown> {
  const options = parseOptions(system, given)
  const context = contextOf(1, from)
  system.task.check?.(data, 'predict')
  return verb === 'explain' ? system.explain!(subject, data, options, context) : system[verb]!(data, options, context)
}

async function twice(system: AnySystem, verb: Verb): Promise<void> {
  const example = await exampleOf(system)
  const before = fingerprint(example.data)
  const first = await call(system, verb, example)
  if (fingerprint(example.data) !== before) broken('it changed its data')
  if (fingerprint(first) !== fingerprint(await call(system, verb, example)))
    broken('the same seed gives another result')
}

async function faults(
  system: AnySystem,
  verb: Verb | 'fit',
  use: (example: Example) => Promise<unknown>,
): Promise<void> {
  const example = await exampleOf(system)
  for (const { what, names, data, onlyLearning } of faultsOf(system.task.name, example.data)) {
    if (onlyLearning && verb !== 'fit') continue
    await refused(what, names, () => use({ ...example, data }))
  }
}
