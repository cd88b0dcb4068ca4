import { z } from 'zod'
import { InterplayError } from '../errors/index.ts'
import type { Explanations } from '../server/index.ts'
import { Conversation } from '../systems/explain/dialogue-explain/api.ts'
import { talkLenses } from './ask/talk-lenses.ts'
import { talkSubject } from './ask/talk-subject.ts'
import { explainSubject } from './explain/explain.ts'
import { runSubject } from './explain/run-subject.ts'
import type { Subject } from './explain/subject.ts'
import { openBundle, servedModel } from './open.ts'

/** Predictions that one request may spend. */
const usualBudget = 4000
const mostBudget = 100_000
/** Conversations kept; the one longest silent is forgotten first. */
const mostConversations = 64

const explainSchema = z.strictObject({
  row: z
    .union([z.number().int().min(1), z.record(z.string(), z.unknown())])
    .optional()
    .describe("a row of the model's own data, from 1, or a row itself; all rows where it is left out"),
  lens: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  index: z.string().optional(),
  order: z.number().int().min(1).max(4).optional(),
  top: z.number().int().min(1).max(1000).optional(),
  budget: z.number().int().min(1).max(mostBudget).default(usualBudget).describe('predictions to spend'),
  seed: z.number().int().min(0).default(1),
})

const askSchema = z.strictObject({
  question: z.string().trim().min(1).max(2000),
  conversation: z.string().optional().describe('goes on with it; a new one where it is left out'),
})

/** Explanations of a run, on its own test rows. Throws what reading them throws. */
export async function runExplanations(path: string): Promise<Explanations> {
  const subject = await runSubject(path, {})
  const bundle = await openBundle(path)
  const lenses = talkLenses(subject, bundle.file.system, undefined)
  const conversations = new Map<string, Conversation>()

  const conversation = (asked: string | undefined): { id: string; talk: Conversation } => {
    const known = asked === undefined ? undefined : conversations.get(asked)
    if (asked !== undefined && !known) {
      throw invalid([
        { pointer: '/conversation', detail: `there is no conversation '${asked}'; it ended or never was` },
      ])
    }
    const id = asked ?? crypto.randomUUID()
    const talk =
      known ?? new Conversation(talkSubject(subject, {}, { bundle: bundle.file, lenses }), { budget: usualBudget })
    conversations.delete(id)
    conversations.set(id, talk)
    for (const oldest of conversations.keys()) if (conversations.size > mostConversations) conversations.delete(oldest)
    return { id, talk }
  }

  return {
    model: servedModel(bundle).name,
    async explain(request) {
      const { row, lens, index, budget, ...options } = parsed(explainSchema, request)
      const given = typeof row === 'object' ? withRow(subject, row) : subject
      const lenses = lens === undefined ? (index === undefined ? [] : ['indices']) : [lens].flat()
      const asked = {
        ...options,
        index,
        lens: lenses,
        predictions: budget,
        ...(row === undefined ? {} : { row: typeof row === 'object' ? 1 : row }),
      }
      const { out: _, predictor: __, ...document } = await explainSubject(given, asked)
      return { ...document, model: servedModel(bundle).name, row: row ?? null }
    },
    async ask(request) {
      const { question, conversation: asked } = parsed(askSchema, request)
      const { id, talk } = conversation(asked)
      return { conversation: id, reply: await talk.ask(question) }
    },
    close: () => subject.close(),
  }
}

/** The subject with a row from outside its data, which is its row 1: what looks into the data's own rows sees none. */
function withRow(subject: Subject, row: Record<string, unknown>): Subject {
  const cells = subject.cells!(row)
  return { ...subject, row: () => cells, open: undefined, training: undefined }
}

interface Fault {
  pointer: string
  detail: string
}

function parsed<S extends z.ZodType>(schema: S, request: unknown): z.output<S> {
  const result = schema.safeParse(request)
  if (result.success) return result.data
  throw invalid(
    result.error.issues.map(({ path, message }) => ({
      pointer: path.map(part => `/${String(part)}`).join(''),
      detail: message,
    })),
  )
}

const invalid = (errors: Fault[]) =>
  new InterplayError('request/invalid', 'the request is not valid', {
    why: errors.map(({ pointer, detail }) => `${pointer || 'the body'}: ${detail}`).join('; '),
    details: { errors },
  })
