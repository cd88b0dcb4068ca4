import type { InterplayError } from '../../errors/index.ts'
import { labelled } from '../terminal/labelled.ts'
import { plain, type Style } from '../terminal/style.ts'
import { wrap } from '../terminal/text.ts'

export interface ErrorPage extends Pick<InterplayError, 'code' | 'message' | 'where' | 'why' | 'try'> {
  /** Shown with `--verbose`, and always for a fault of ours. */
  stack?: string
}

/** `error[code]: what` over `where`, `why` and `try`; what is not known has no line. */
export function renderError(error: ErrorPage, style: Style): string[] {
  const head = `error[${error.code}]`
  const [first = '', ...rest] = wrap(plain(`${head}: ${error.message}`, style), style.columns - 1)
  const part = (label: string, text: string | undefined, whole = false) =>
    text ? labelled(label, text, style, { width: 7, indent: 2, whole }) : []
  return [
    first.startsWith(head) ? style.bad(head) + style.strong(first.slice(head.length)) : style.bad(first),
    ...rest.map(line => style.strong(`  ${line}`)),
    ...part('where', error.where),
    ...part('why', error.why),
    ...part('try', error.try, true),
    ...(error.stack ? error.stack.split('\n').map(line => style.muted(plain(line, style))) : []),
  ]
}
