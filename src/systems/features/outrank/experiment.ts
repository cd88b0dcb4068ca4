import type { StudyContext, StudyResult } from '../../../system/index.ts'
export async function run(_: StudyContext): Promise<StudyResult> {
  return {}
}
