import { formatCount, formatNumber, formatShare } from '../../charts/format.ts'
import type { TournamentDocument } from '../../verbs/index.ts'
import { labelled } from '../terminal/labelled.ts'
import type { Style } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'

type Profile = TournamentDocument['profiles'][number]

interface ProfileColumn {
  title: string
  write(profile: Profile): string
  /** Whether players of this tournament have it at all. */
  shown?: (profiles: readonly Profile[]) => boolean
}

const profileColumns: ProfileColumn[] = [
  { title: 'coordination', write: ({ coordination }) => formatShare(coordination.value) },
  { title: 'alternation', write: ({ alternation }) => formatShare(alternation.value) },
  { title: 'best response', write: ({ bestResponse }) => formatShare(bestResponse.value) },
  { title: 'regret', write: ({ regret }) => formatNumber(regret.value) },
  { title: 'forgiveness', write: ({ forgiveness }) => formatShare(forgiveness.value) },
  {
    title: 'foreseen',
    write: ({ predictions }) => formatShare(predictions.value),
    shown: profiles => profiles.some(({ predictions }) => !Number.isNaN(predictions.value)),
  },
  {
    title: 'unreadable',
    write: ({ unreadable }) => formatCount(unreadable),
    shown: profiles => profiles.some(({ unreadable }) => unreadable > 0),
  },
]

/** How each player played: its signature over all its matches, and what the columns are. */
export function renderProfiles(profiles: readonly Profile[], style: Style): string[] {
  const columns = profileColumns.filter(({ shown }) => shown?.(profiles) ?? true)
  const right = columns.map(({ title }) => ({ title, align: 'right' as const, gap: 2 }))
  return [
    ...table(
      [{ title: 'played', paint: style.strong }, ...right],
      profiles.map(profile => [profile.player, ...columns.map(({ write }) => write(profile))]),
      style,
    ),
    ...labelled('means', meaning, style),
  ]
}

const meaning = [
  'coordination: both did the same; alternation: both switched to the same;',
  "best response, regret: to the other's frequencies, in points a round;",
  'forgiveness: first actions after the other first took the second; – where that never was',
].join(' ')
