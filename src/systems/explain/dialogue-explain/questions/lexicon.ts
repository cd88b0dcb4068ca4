import type { FigureName, Metric } from '../query/schema.ts'

const set = (words: string) => new Set(words.split(/\s+/))

/** Words that carry no name: never looked up, never taken for a misspelt one. */
export const functionWords = set(
  `a an the this that these those it its he she him her his they them their there here i me my you your we us our one who whom
   whose which what when where why how be am do have can could will would should shall may might must of in on at by for from to
   with without into over under above below about between among amongst than then and or but not no nor if so as also too only
   just still any some all every each both most more less least many much few very really actually please ok okay let get got give
   tell show say said like same other another else instead per vs versus during while because dont didnt isnt wasnt arent cant
   doesnt up down out off again back now today thing kind sort way lot bit ever never always often rest next last first whats
   happened happen work works worked working worker`,
)

/** What a row may be called, beside the table's own words. */
export const itemWords = set(
  `row case example instance record item entry sample observation point line person individual human someone somebody anyone
   everyone everybody customer client user patient applicant defendant worker employee immigrant student member citizen adult guy
   group subgroup population segment cohort sector animal bird creature incident`,
)

/** Other words for a word of a field or value. */
export const synonyms: Readonly<Record<string, readonly string[]>> = {
  woman: ['female', 'f'],
  lady: ['female', 'f'],
  girl: ['female', 'f'],
  man: ['male', 'm'],
  gentleman: ['male', 'm'],
  boy: ['male', 'm'],
  gender: ['sex'],
  phd: ['doctorate'],
  job: ['occupation', 'job'],
  profession: ['occupation', 'profession'],
  schooling: ['education'],
  degree: ['education', 'degree'],
  ethnicity: ['race'],
  plane: ['aircraft'],
  company: ['operator', 'company'],
  carrier: ['operator', 'airline'],
  velocity: ['speed'],
  country: ['country'],
  morning: ['dawn', 'morning'],
  evening: ['dusk', 'evening'],
  daytime: ['day'],
  nighttime: ['night'],
  big: ['large', 'big'],
  huge: ['large', 'big'],
  tiny: ['small'],
  little: ['small'],
  afroamerican: ['black'],
}

/** Words that name a lens, all of one line together; stems, the most telling lines first. */
export const lensWords: readonly [words: string, lens: string][] = [
  ['environment', 'causal'],
  ['redundant', 'modalities'],
  ['redundancy', 'modalities'],
  ['uniqueness', 'modalities'],
  ['modality', 'modalities'],
  ['unique', 'modalities'],
  ['information', 'modalities'],
  ['rashomon', 'rashomon'],
  ['good model', 'rashomon'],
  ['other model', 'rashomon'],
  ['accident', 'rashomon'],
  ['rule', 'rules'],
  ['decision tree', 'rules'],
  ['training', 'influence'],
  ['mislabelled', 'influence'],
  ['wrong label', 'influence'],
  ['learn from', 'influence'],
  ['sobol', 'sobol'],
  ['statistic', 'h-statistic'],
  ['accumulated', 'ale'],
  ['local effect', 'ale'],
  ['fis', 'fis'],
  ['shapley index', 'indices'],
]

export type Degree = 'more' | 'less' | 'most' | 'least'

const graded: readonly [fields: string, more: string, less: string, most: string, least: string][] = [
  ['age', 'older', 'younger', 'oldest', 'youngest'],
  ['speed velocity', 'faster quicker', 'slower', 'fastest quickest', 'slowest'],
  ['weight', 'heavier', 'lighter', 'heaviest', 'lightest'],
  ['height', 'taller higher', 'shorter', 'tallest', 'shortest'],
  ['length duration', 'longer', 'shorter', 'longest', 'shortest'],
  ['price cost', 'dearer pricier', 'cheaper', 'dearest', 'cheapest'],
  ['income salary', 'richer', 'poorer', 'richest', 'poorest'],
  ['distance', 'farther further', 'nearer closer', 'farthest furthest', 'nearest closest'],
]

/** `older`: more of a field one of whose words is age. */
export const degrees: ReadonlyMap<string, { fields: readonly string[]; degree: Degree }> = new Map(
  graded.flatMap(([fields, ...words]) =>
    words.flatMap((list, k) =>
      list
        .split(' ')
        .map(
          word =>
            [word, { fields: fields.split(' '), degree: (['more', 'less', 'most', 'least'] as const)[k]! }] as const,
        ),
    ),
  ),
)

/** A number of people without a field is an age, where there is one. */
export const fieldOfPeople = 'age'

export const metricWords: readonly [phrase: string, metric: Metric][] = [
  ['accuracy', 'accuracy'],
  ['accurate', 'accuracy'],
  ['inaccurate', 'accuracy'],
  ['auc', 'auc'],
  ['roc', 'auc'],
  ['log loss', 'log loss'],
  ['logloss', 'log loss'],
  ['cross entropy', 'log loss'],
  ['precision', 'precision'],
  ['positive predictive value', 'precision'],
  ['recall', 'recall'],
  ['sensitivity', 'recall'],
  ['true positive rate', 'recall'],
  ['specificity', 'specificity'],
  ['true negative rate', 'specificity'],
  ['f1', 'f1'],
  ['f score', 'f1'],
]

export const figureWords: readonly [word: string, figure: FigureName][] = [
  ['average', 'mean'],
  ['mean', 'mean'],
  ['typical', 'median'],
  ['median', 'median'],
  ['minimum', 'min'],
  ['lowest', 'min'],
  ['smallest', 'min'],
  ['least', 'min'],
  ['min', 'min'],
  ['maximum', 'max'],
  ['highest', 'max'],
  ['largest', 'max'],
  ['biggest', 'max'],
  ['max', 'max'],
  ['spread', 'sd'],
  ['deviation', 'sd'],
  ['variance', 'sd'],
  ['vary', 'sd'],
  ['sd', 'sd'],
]
