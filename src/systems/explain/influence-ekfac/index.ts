import { State } from '../../../engine/index.ts'
import { Influence } from '../../../lenses/index.ts'
import { defineSystem, tasks } from '../../../system/index.ts'
import { toldOf } from './explanation.ts'
import { influenceOptions } from './options.ts'
import { study } from './study.ts'
import { curvedRows, Plain, specOf } from './worlds.ts'

/** Training rows told. */
const told = 20

export const influenceEkfac = defineSystem({
  name: 'influence-ekfac',
  family: 'explain',
  summary: 'the training rows behind an answer, and those that stand alone',
  paper: {
    title: 'Studying Large Language Model Generalization with Influence Functions',
    venue: 'arXiv 2308.03296',
    year: 2023,
    code: 'pomonam/kronfluence',
  },
  task: tasks.trained,
  options: influenceOptions,
  example: () => {
    const model = new Plain(8, [6])
    const subject = { model, spec: specOf(8, 'regression', 40), state: new State({ model }, 1) }
    return Promise.resolve({ data: { train: curvedRows(40, 1), query: curvedRows(1, 2) }, subject })
  },
  async explain(subject, { train, query }, options, { seed, signal }) {
    await using influence = await Influence.of(subject, train, { ...options, seed, signal })
    const [found] = await influence.on(query, signal)
    const words = {
      number: (row: number) => train.rowNumber[row]!,
      says: (row: number) => `label ${train.targets[0]![row]}`,
    }
    const units = 'units of the answer'
    return { ...toldOf(influence, found!, 'the first query', { top: told, words, units }), complete: true }
  },
  study,
})
