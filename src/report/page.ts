import { createHash } from 'node:crypto'
import { themeColours } from './drawing.ts'
import { enhance } from './enhance.ts'
import { markup, raw, type Content, type Markup } from './markup.ts'
import { styleSheet } from './style.ts'

export interface Section {
  /** Anchor of the section. */
  id: string
  title: string
  body: Content
  /** Folded away, with a line that says what is inside. */
  fold?: string
}

export interface PageParts {
  title: string
  /** What the page is asked for, before anything else. */
  answer: Content
  sections: Section[]
  footer: Content
}

const script = `(${enhance.toString()})()`
const fingerprint = createHash('sha256').update(script).digest('base64')

/** The page asks nothing of the network: its policy forbids every request, and every script but its own. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${fingerprint}'; base-uri 'none'; form-action 'none'`

/** One self-contained HTML file: the answer, a list of contents, the sections. Whole without script. */
export function page({ title, answer, sections, footer }: PageParts): string {
  const contents = sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)
  const body = markup`<a class="skip hidden" href="#answer">To the answer</a>
    <div class="page">
      <main>
        <header id="answer" tabindex="-1">
          ${answer}
          <nav aria-label="Sections"><ul>${contents}</ul></nav>
        </header>
        ${sections.map(section)}
      </main>
      <footer class="note">${footer}</footer>
    </div>`
  return markup`<!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <style>${raw(styleSheet(theme => themeColours(body.text, theme)))}</style>
    </head>
    <body>
    ${body}
    <script>${raw(script)}</script>
    </body>
    </html>
    `.text
}

function section({ id, title, body, fold }: Section): Markup {
  if (fold === undefined) return markup`<section id="${id}"><h2>${title}</h2>${body}</section>`
  return markup`<section>
    <details class="fold" id="${id}">
      <summary><h2>${title}</h2> <span class="note">${fold}</span></summary>
      ${body}
    </details>
  </section>`
}
