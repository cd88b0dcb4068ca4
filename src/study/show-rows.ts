import type { StudyContext, StudyTable } from '../system/index.ts'

/**
 * Shows rows of one block in a table of several, whose first cell names the block: after the rows of the others, which an
 * interrupted run may have shown.
 */
export function showRows({ show, shown }: Pick<StudyContext, 'show' | 'shown'>, { columns, rows }: StudyTable): void {
  const blocks = rows.map(([block]) => block)
  const others = shown().table?.rows.filter(([block]) => !blocks.includes(block)) ?? []
  show({ table: { columns, rows: [...others, ...rows] } })
}
