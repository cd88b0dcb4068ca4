import { markup, type Content, type Markup } from './markup.ts'

/** Terms and what they are, in two columns. */
export const facts = (list: [term: string, value: Content][]): Markup =>
  markup`<dl class="facts">${list.map(([term, value]) => markup`<dt>${term}</dt><dd>${value}</dd>`)}</dl>`

/** A command or a program, as typed. */
export const code = (text: string): Markup => markup`<pre tabindex="0"><code>${text}</code></pre>`

/** A place without content says what would fill it, with the command. */
export const empty = (message: string, command: string): Markup =>
  markup`<div class="empty"><p>${message}</p><code>${command}</code></div>`

export interface Warning {
  /** `data/leak` */
  code: string
  message: string
  try?: string
}

/** Fact, count, consequence; then a setting that answers it. */
export function warningList(warnings: Warning[]): Content {
  if (warnings.length === 0) return false
  const items = warnings.map(
    warning => markup`<li>
      <b>warning</b> ${warning.message} <span class="note">${warning.code}</span>
      ${warning.try !== undefined && markup`<br><code>${warning.try}</code>`}
    </li>`,
  )
  return markup`<ul class="warnings" aria-label="Warnings">${items}</ul>`
}

/** `2026-03-02 10:11 UTC` */
export const minute = (iso: string): Markup =>
  markup`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
