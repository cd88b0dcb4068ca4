import { defineSystem, tasks } from '../../../system/index.ts'
import { fit, load } from './fitted.ts'
import { corrOptions } from './options.ts'
import { study } from './study.ts'

export const chmCorr = defineSystem({
  name: 'chm-corr',
  family: 'explain',
  summary: 'what an image shows, by patches it shares with labelled images; a person may say where to look',
  paper: {
    title:
      "Allowing humans to interactively guide machines where to look does not always improve a human-AI team's classification accuracy",
    venue: 'arXiv',
    year: 2024,
    code: 'anguyen8/chm-corr-interactive',
  },
  task: tasks.images,
  world: 'stripes',
  options: corrOptions,
  fit,
  load,
  study,
})
