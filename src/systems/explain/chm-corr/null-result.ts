import {
  clusterBootstrap,
  powerOfTwoProportions,
  twoProportions,
  type Estimate,
  type Proportion,
  type ProportionTest,
} from '../../../metrics/index.ts'
import { Random } from '../../../random/index.ts'

/** Decisions of one session: what was right, of how many, where the model was right and where it was wrong. */
export interface Session {
  person: number
  arm: 'static' | 'dynamic'
  rightModel: Proportion
  wrongModel: Proportion
}

export interface ArmsCompared {
  /** Share of right decisions by arm: all, where the model was right, where it was wrong. */
  shares: Readonly<Record<Session['arm'], readonly [all: number, right: number, wrong: number]>>
  decisions: Readonly<Record<Session['arm'], number>>
  /** Dynamic less static: as if decisions were independent, and with persons drawn again. */
  independent: ProportionTest
  byPerson: Estimate
}

const all = ({ rightModel, wrongModel }: Session): Proportion => ({
  successes: rightModel.successes + wrongModel.successes,
  trials: rightModel.trials + wrongModel.trials,
})
const summed = (parts: readonly Proportion[]): Proportion => ({
  successes: parts.reduce((sum, { successes }) => sum + successes, 0),
  trials: parts.reduce((sum, { trials }) => sum + trials, 0),
})
const shareOf = ({ successes, trials }: Proportion): number => successes / trials
const of = (sessions: readonly Session[], arm: Session['arm']) => sessions.filter(session => session.arm === arm)

/** Whether decisions differ between the arms. The interval by persons is the one to go by: one person's are not independent. */
export function compareArms(sessions: readonly Session[], { seed = 1, resamples = 2000 } = {}): ArmsCompared {
  const parts = [all, ({ rightModel }: Session) => rightModel, ({ wrongModel }: Session) => wrongModel]
  const shares = (arm: Session['arm']) =>
    parts.map(part => shareOf(summed(of(sessions, arm).map(part)))) as [number, number, number]
  const total = (own: readonly Session[], arm: Session['arm']) => summed(of(own, arm).map(all))
  const people = [...new Set(sessions.map(({ person }) => person))].map(person =>
    sessions.filter(session => session.person === person),
  )
  return {
    shares: { static: shares('static'), dynamic: shares('dynamic') },
    decisions: { static: total(sessions, 'static').trials, dynamic: total(sessions, 'dynamic').trials },
    independent: twoProportions(total(sessions, 'static'), total(sessions, 'dynamic')),
    byPerson: clusterBootstrap(
      people,
      drawn => shareOf(total(drawn.flat(), 'dynamic')) - shareOf(total(drawn.flat(), 'static')),
      { seed, resamples },
    ),
  }
}

export interface Power {
  /** By formula, and in simulated studies, as if decisions were independent. */
  independent: number
  simulated: number
  /** In the same studies, by the interval over persons, whose own levels differ. */
  byPerson: number
}

/**
 * How often a study of the same sessions would find an effect of this size. Persons have levels of their own, of a standard
 * deviation of `spread`.
 */
export function powerOfStudy(
  sessions: readonly Session[],
  effect: number,
  { studies = 200, resamples = 200, spread = 0.05, seed = 1 } = {},
): Power {
  const { shares, decisions } = compareArms(sessions, { resamples: 1 })
  const [base] = shares.static
  const random = new Random(seed, 'chm-corr.power')
  let [plain, byPerson] = [0, 0]
  for (let study = 0; study < studies; study++) {
    const levels = new Map<number, number>()
    const drawn = sessions.map((session): Session => {
      if (!levels.has(session.person)) levels.set(session.person, base + spread * random.normal())
      const chance = levels.get(session.person)! + (session.arm === 'dynamic' ? effect : 0)
      const decided = ({ trials }: Proportion) => ({
        successes: Array.from({ length: trials }, () => random.uniform() < chance).filter(Boolean).length,
        trials,
      })
      return { ...session, rightModel: decided(session.rightModel), wrongModel: decided(session.wrongModel) }
    })
    const compared = compareArms(drawn, { seed: seed + study, resamples })
    if (compared.independent.pValue < 0.05) plain++
    if (compared.byPerson.low > 0 || compared.byPerson.high < 0) byPerson++
  }
  return {
    independent: powerOfTwoProportions(base, base + effect, decisions.static, decisions.dynamic),
    simulated: plain / studies,
    byPerson: byPerson / studies,
  }
}
