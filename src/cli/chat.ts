import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { isInterplayError } from '../errors/index.ts'
import type { Talk } from '../verbs/ask/ask.ts'
import { renderReply } from './render/ask.ts'
import { renderError } from './render/error.ts'
import type { Terminal } from './terminal/terminal.ts'

export interface ChatOptions {
  input: Readable
  terminal: Terminal
  /** Whether a person sits there: then there is a prompt, and an empty line ends. */
  interactive: boolean
  signal?: AbortSignal
}

/**
 * Reads questions line by line and answers each before the next. A question that has no answer is said to have none and the
 * conversation goes on; a fault of ours, or a stop, ends it.
 */
export async function chat(talk: Talk, { input, terminal, interactive, signal }: ChatOptions): Promise<void> {
  const lines = createInterface({ input, ...(interactive ? { output: process.stderr, prompt: '> ' } : {}) })
  const stop = () => lines.close()
  signal?.addEventListener('abort', stop, { once: true })
  lines.on('SIGINT', stop)
  try {
    if (interactive) lines.prompt()
    for await (const line of lines) {
      const question = line.trim()
      if (question === '' && interactive) break
      if (question !== '') await terminal.result([...(await said(talk, question, terminal)), ''])
      if (interactive) lines.prompt()
    }
    signal?.throwIfAborted()
  } finally {
    signal?.removeEventListener('abort', stop)
    lines.close()
  }
}

async function said(talk: Talk, question: string, terminal: Terminal): Promise<string[]> {
  try {
    return renderReply(await talk.ask(question), terminal.style)
  } catch (thrown) {
    if (!isInterplayError(thrown) || thrown.code.startsWith('internal/')) throw thrown
    const { code, message, where, why, try: remedy } = thrown
    return renderError({ code, message, where, why, try: remedy }, terminal.style)
  }
}
