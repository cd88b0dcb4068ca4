import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InterplayError } from '../../errors/index.ts'
import {
  Conversation,
  refusalOf,
  type Answer,
  type LanguageModel,
  type Reply,
} from '../../systems/explain/dialogue-explain/api.ts'
import { writeWhole } from '../../train/index.ts'
import { openSubject } from '../explain/explain.ts'
import { openBundle } from '../open.ts'
import { RunFolder } from '../run-folder.ts'
import { version } from '../version.ts'
import { talkLenses, type TalkTable } from './talk-lenses.ts'
import { talkSubject, type TalkWords } from './talk-subject.ts'

export interface TalkOptions extends TalkWords {
  /** Rows to talk about; a run rereads its own data. */
  input?: string
  /** Field of the labels, for predictors that are no runs. */
  target?: string
  /** Predictions that one explanation may spend. */
  budget?: number
  seed?: number
  threads?: number
  /** Translates questions and words answers; the numbers never come from it. */
  languageModel?: LanguageModel
  signal?: AbortSignal
}

/** A conversation that is open on a model; close it, or declare it with `await using`. */
export interface Talk extends AsyncDisposable {
  ask(question: string): Promise<Reply>
  readonly pinned: readonly Answer[]
  /** All that was said, as `ask --json` has it. */
  document(): AskDocument
  close(): Promise<void>
}

/** The document of `ask --json` and of `result.json`. */
export interface AskDocument {
  schema: 'interplay.ask/1'
  interplay: string
  command: 'ask'
  seed: number
  seconds: number
  warnings: { code: string; message: string }[]
  predictor: string
  data: string
  rows: number
  replies: readonly Reply[]
  pinned: readonly Answer[]
  /** Folder of the result; null where it was not written. */
  out: string | null
}

/**
 * Opens a conversation about a model and its data: a run, a bundle, an ONNX file or an endpoint.
 *
 * @throws InterplayError as `explain` does for what cannot be opened
 */
export async function talk(path: string, options: TalkOptions = {}): Promise<Talk> {
  const began = performance.now()
  const { seed = 1, items, aliases } = options
  const subject = await openSubject(path, options)
  const bundle =
    subject.model !== undefined && (existsSync(join(path, 'interplay.json')) || path.endsWith('interplay.json'))
      ? (await openBundle(path)).file
      : undefined
  const lenses = talkLenses(subject, bundle?.system, await tableOf(path, subject.target?.name, options))
  const conversation = new Conversation(talkSubject(subject, { items, aliases }, { bundle, lenses }), options)
  const close = () => subject.close()
  return {
    ask: question => conversation.ask(question),
    pinned: conversation.pinned,
    document: () => ({
      schema: 'interplay.ask/1',
      interplay: version,
      command: 'ask',
      seed,
      seconds: (performance.now() - began) / 1000,
      warnings: [],
      predictor: subject.name,
      data: subject.data,
      rows: conversation.bench.total,
      replies: conversation.replies,
      pinned: conversation.pinned,
      out: null,
    }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The table a conversation is over: the input, or what a run was fitted on where that is one table. */
async function tableOf(
  path: string,
  named: string | undefined,
  { input, target = named, threads }: TalkOptions,
): Promise<TalkTable | undefined> {
  const own =
    input === undefined && existsSync(join(path, 'run.json')) ? (await RunFolder.open(path)).file.input : input
  return own === undefined || own.startsWith('{') ? undefined : { input: own, target, threads }
}

/** One question to a fresh conversation. A question that has no answer is an error that says why. */
export async function askOnce(talking: Talk, question: string): Promise<Reply> {
  if (question.trim() === '')
    throw new InterplayError('usage/missing-value', 'the question is empty', { try: "'which features matter?'" })
  const reply = await talking.ask(question)
  const refused = refusalOf(reply)
  if (refused) throw refused
  return reply
}

/** Writes a conversation to a folder of its own. */
export async function writeTalk(talking: Talk, out: string): Promise<AskDocument> {
  if (existsSync(join(out, 'result.json')))
    throw new InterplayError('run/exists', `'${out}' already holds a result`, { try: 'another --out' })
  const document: AskDocument = { ...talking.document(), out }
  await mkdir(out, { recursive: true })
  await writeWhole(join(out, 'result.json'), `${JSON.stringify(document, null, 1)}\n`)
  return document
}
