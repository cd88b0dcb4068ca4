import { InterplayError } from '../../errors/index.ts'

interface Reviewed {
  user: string
  /** The arm of a study: who may edit what. */
  arm: string
  /** The item looked at, from 0, and the class it shows, where that is known. */
  item: number
  truth?: string
  seed: number
}

/** A person changed what the model may look at, and it answered again. */
export interface EditRecord extends Reviewed {
  kind: 'edit'
  /** Cells, 0 or 1, row by row. */
  mask: readonly number[]
  label: string
  votes: Readonly<Record<string, number>>
  /** How evidence was scored. */
  scoring: string
}

/** A person judged the model's first answer. */
export interface DecisionRecord extends Reviewed {
  kind: 'decision'
  /** What is judged. */
  label: string
  accepted: boolean
  /** From 1, not at all, to 5. */
  confidence: number
  edits: number
  /** Whether any edit changed the label. */
  changed: boolean
}

export type ReviewRecord = EditRecord | DecisionRecord

/** Records as JSON lines, to be appended to a file. */
export const reviewLine = (record: ReviewRecord): string => `${JSON.stringify(record)}\n`

/** @throws InterplayError `data/corrupt` with the line that is no record */
export function readReview(text: string, name: string): ReviewRecord[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return []
    const record = parsed(line) as Partial<ReviewRecord> | undefined
    if (record?.kind === 'edit' || record?.kind === 'decision') return [record as ReviewRecord]
    throw new InterplayError('data/corrupt', `line ${at + 1} of '${name}' is no record of a review`)
  })
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Whether a decision was right: a right answer accepted, or a wrong one rejected. */
export const decidedRight = ({ accepted, label, truth }: DecisionRecord): boolean => accepted === (label === truth)
