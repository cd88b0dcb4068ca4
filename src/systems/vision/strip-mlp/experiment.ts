import type { StudyContext, StudyResult } from '../../../system/index.ts'

export async function run(_context: StudyContext): Promise<StudyResult> {
  return {}
}
