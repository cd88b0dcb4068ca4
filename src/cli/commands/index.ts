import type { CommandDefinition } from '../command.ts'

/** A verb by name; its definition is imported when the verb is called. */
export interface CommandEntry {
  name: string
  summary: string
  load(): Promise<CommandDefinition>
}

/** The verbs, in the order of help. */
export const commands: readonly CommandEntry[] = [
  { name: 'fit', summary: 'learn a model of a table', load: async () => (await import('./fit.ts')).default },
  { name: 'predict', summary: 'answer every row of a table', load: async () => (await import('./predict.ts')).default },
  {
    name: 'explain',
    summary: 'measure what a predictor does',
    load: async () => (await import('./explain.ts')).default,
  },
  {
    name: 'rank',
    summary: 'order fields, and sets of them, before fitting',
    load: async () => (await import('./rank.ts')).default,
  },
  {
    name: 'search',
    summary: 'let a model choose its features, interactions or widths',
    load: async () => (await import('./search.ts')).default,
  },
  {
    name: 'ask',
    summary: 'a conversation about a model and its data',
    load: async () => (await import('./ask.ts')).default,
  },
  { name: 'serve', summary: 'answer over HTTP', load: async () => (await import('./serve.ts')).default },
  {
    name: 'systems',
    summary: 'what exists, what it takes, its paper',
    load: async () => (await import('./systems.ts')).default,
  },
  {
    name: 'study',
    summary: 'check the claims of systems',
    load: async () => (await import('./study.ts')).default,
  },
  {
    name: 'data',
    summary: 'known datasets, and the schema of a table',
    load: async () => (await import('./data.ts')).default,
  },
  { name: 'bench', summary: 'compare under one protocol', load: async () => (await import('./bench.ts')).default },
]
