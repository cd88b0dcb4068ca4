import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { worlds } from '../data/index.ts'
import { systems, systemNamed } from '../systems/index.ts'
import { describeOptions, type AnySystem, type Claim, type OptionRow, type Paper } from '../system/index.ts'
import { version } from './version.ts'

/** What the last full study of a system found. */
export interface StudySummary {
  holds: number
  claims: number
  /** Not run: data or peers absent. */
  notRun: number
  commit: string
  date: string
}

export interface SystemRow {
  name: string
  family: string
  task: string
  summary: string
  paper: Paper | null
  study: StudySummary | null
}

export interface SystemsDocument {
  schema: 'interplay.systems/1'
  interplay: string
  command: 'systems'
  seconds: number
  warnings: never[]
  total: number
  rows: SystemRow[]
}

export interface SystemDocument extends Omit<SystemsDocument, 'rows' | 'total'> {
  system: SystemRow
  options: OptionRow[]
  /** JSON Schema of the options. */
  optionSchema: object
  claims: Claim[]
  /** A command that runs it; null where no verb does. */
  run: string | null
}

/** The catalogue: systems whose name, summary, paper, family or task has every word. */
export function listSystems(
  words: readonly string[] = [],
  { family, task }: { family?: string; task?: string } = {},
): SystemsDocument {
  const started = performance.now()
  const rows = systems
    .filter(
      system => (family === undefined || system.family === family) && (task === undefined || system.task.name === task),
    )
    .map(rowOf)
    .filter(row => words.every(word => searched(row).includes(word.toLowerCase())))
  return {
    schema: 'interplay.systems/1',
    interplay: version,
    command: 'systems',
    seconds: (performance.now() - started) / 1000,
    warnings: [],
    total: systems.length,
    rows,
  }
}

/** One system: its paper, options and the claims of its last study. Throws `usage/unknown-system`. */
export function describeSystem(name: string): SystemDocument {
  const system = systemNamed(name)
  return {
    schema: 'interplay.systems/1',
    interplay: version,
    command: 'systems',
    seconds: 0,
    warnings: [],
    system: rowOf(system),
    options: describeOptions(system.options),
    optionSchema: z.toJSONSchema(system.options, { io: 'input' }),
    claims: studyOf(name)?.claims ?? [],
    run: runOf(system),
  }
}

const searched = ({ name, family, task, summary, paper }: SystemRow): string =>
  `${name} ${family} ${task} ${summary} ${paper?.title ?? ''} ${paper?.venue ?? ''}`.toLowerCase()

function rowOf(system: AnySystem): SystemRow {
  const { name, family, task, summary, paper } = system
  const study = studyOf(name)
  return { name, family, task: task.name, summary, paper: paper ?? null, study: study ? summaryOf(study) : null }
}

/** How a system is called, with a world where one shows it. */
function runOf(system: AnySystem): string | null {
  const { name, task } = system
  const world = worlds.find(each => (system.world === undefined ? each.task === task.name : each.name === system.world))
  const inputs = world
    ? `world:${world.name}`
    : task.inputs.map((role, i) => (i === 0 ? role : `${role}=FILE`)).join(' ')
  if (system.create) return `interplay fit rows.csv -t clicked -s ${name}`
  if (system.attach) return `interplay fit ${task.inputs[0]}=TEXT -s ${name} --from runs/BASE`
  if (system.fit) return `interplay fit ${inputs} -s ${name}`
  if (system.predict) return `interplay predict ${inputs}`
  if (system.explain && task.inputs.includes('data'))
    return `interplay explain m.onnx data=FILE --lens ${name} --at LAYER,...`
  if (system.explain) return `interplay explain RUN --lens ${name}`
  return null
}

interface StudyFile {
  claims: Claim[]
  commit: string
  date: string
}

function studyOf(name: string): StudyFile | undefined {
  const path = fileURLToPath(new URL(`../../studies/${name}.json`, import.meta.url))
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StudyFile) : undefined
}

const summaryOf = ({ claims, commit, date }: StudyFile): StudySummary => ({
  holds: claims.filter(claim => claim.holds === true).length,
  claims: claims.length,
  notRun: claims.filter(claim => claim.holds === null).length,
  commit,
  date,
})
