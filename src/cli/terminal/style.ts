import picocolors from 'picocolors'

type Paint = (text: string) => string

/** How lines are laid out and painted; pure renderers take one. */
export interface Style {
  /** Columns to lay out in; Infinity where nothing reads columns, so that no line is wrapped or cut. */
  columns: number
  /** False where only ASCII can be shown. */
  unicode: boolean
  label: Paint
  muted: Paint
  strong: Paint
  accent: Paint
  good: Paint
  warning: Paint
  bad: Paint
}

export interface StyleOptions {
  columns?: number
  color?: boolean
  unicode?: boolean
}

/** 80 columns, no colour and Unicode unless told. */
export function createStyle({ columns = 80, color = false, unicode = true }: StyleOptions = {}): Style {
  const paint = picocolors.createColors(color)
  return {
    columns,
    unicode,
    label: paint.dim,
    muted: paint.dim,
    strong: paint.bold,
    accent: paint.cyan,
    good: paint.green,
    warning: paint.yellow,
    bad: paint.red,
  }
}

const ascii: Record<string, string> = { '✓': 'ok', '✗': 'NO', '–': '--', '×': 'x', '±': '+/-', '−': '-', '…': '...' }

// C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of writing.
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Text as a line may hold it: a name from data can move no cursor and paint nothing; without Unicode our marks are letters. */
export function plain(text: string, style: Pick<Style, 'unicode'>): string {
  const spelled = text.replace(control, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return style.unicode ? spelled : spelled.replace(/[✓✗–×±−…]/g, mark => ascii[mark]!)
}
