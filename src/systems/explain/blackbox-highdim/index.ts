import { functionPredictor } from '../../../lenses/index.ts'
import { defineSystem, tasks } from '../../../system/index.ts'
import { explanationOf } from './explanation.ts'
import { measureRules } from './measure.ts'
import { rulesOptions } from './options.ts'
import { study } from './study.ts'
import { plantedRows, plantedScore } from './worlds.ts'

export const blackboxHighdim = defineSystem({
  name: 'blackbox-highdim',
  family: 'explain',
  summary: 'the few columns that carry a wide model, and rules on them that answer as it does',
  paper: {
    title: 'Interpreting Black-box Machine Learning Models for High Dimensional Datasets',
    venue: 'DSAA',
    year: 2023,
    code: 'rezacsedu/DeepExplainHidim',
  },
  task: tasks.labelled,
  options: rulesOptions,
  example: () => {
    const { columns, labels, fields } = plantedRows(150, 20, 1)
    const output = { kind: 'logit' as const, names: ['y'] }
    const subject = functionPredictor(plantedScore, { name: 'planted', fields, output })
    return Promise.resolve({ data: { columns, labels }, subject, options: { trees: 5, pairs: 2, made: 100 } })
  },
  async explain(subject, { columns, labels }, options, { seed, signal, progress }) {
    const measured = await measureRules(subject, columns, options, {
      labels,
      seed,
      signal,
      onProgress: ({ done, total }) => progress({ stage: 'column', done, total }),
    })
    const fields = subject.fields.map(({ name }) => name)
    const { results, figures, notes } = explanationOf(measured, fields)
    return { results, figures, notes, complete: true }
  },
  study,
})
