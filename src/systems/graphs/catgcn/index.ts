import { defineSystem, tasks } from '../../../system/index.ts'
import { fit, load } from './fitted.ts'
import { options } from './options.ts'
import { study } from './study.ts'

export const catgcn = defineSystem({
  name: 'catgcn',
  family: 'graphs',
  summary: 'categories of a node interact before its neighbours are heard',
  paper: {
    title: 'CatGCN: Graph Convolutional Networks with Categorical Node Features',
    venue: 'TKDE',
    year: 2023,
    code: 'TachiChan/CatGCN',
  },
  task: tasks.graph,
  options,
  world: 'planted-graph',
  fit,
  load,
  study,
})
