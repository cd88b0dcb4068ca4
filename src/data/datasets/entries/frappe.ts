import type { Dataset, DatasetFile, Recipe } from '../dataset.ts'

const fields = ['user', 'item', 'daytime', 'weekday', 'isweekend', 'homework', 'cost', 'weather', 'country', 'city']

const valid: DatasetFile = {
  name: 'valid.csv.gz',
  sha256: '47922c5231371bc685c7e1a635fbf9fa5a3fb70aa1000db37b6dabb95d539ddb',
  md5: '88d51bf2173505436d3a8f78f2a59da8',
}

const test: DatasetFile = {
  name: 'test.csv.gz',
  sha256: '0cf4e3bdfa8af05a004f5bb05489c816f9e4d334f1bfb4970d01d4d2078dfde6',
  md5: '3470f6d32713dc5f7715f198ca7c612a',
}

const recipe: Recipe = {
  options: {
    target: ['label'],
    types: Object.fromEntries(fields.map(field => [field, 'categorical'])),
    minCount: 1,
  },
}

export const frappe: Dataset = {
  name: 'frappe',
  title: 'Which app is used in which context (Frappe_x1, 7:2:1)',
  rows: 288_609,
  licence: 'research',
  terms: 'any research use with acknowledgement; no redistribution, no commercial use without permission',
  home: 'the Frappe page of L. Baltrunas; as Frappe_x1 in reczoo/Datasets',
  citation:
    'L. Baltrunas, K. Church, A. Karatzoglou, N. Oliver. Frappe: Understanding the Usage and Perception of Mobile App Recommendations In-The-Wild. arXiv:1505.03014, 2015',
  folder: 'frappe',
  files: [
    {
      name: 'train.redrawn.csv.gz',
      sha256: '70d9ec53e214dbecbeb5bdac2e3a4f58f3da3e8e0c68413935b89f072514e42e',
      original: { name: 'train.csv', md5: 'ba7306e6c4fc19dd2cd84f2f0596d158' },
    },
    valid,
    test,
  ],
  table: { train: 'train.redrawn.csv.gz', valid: 'valid.csv.gz', test: 'test.csv.gz' },
  recipe,
  note: 'train negatives redrawn',
}

export const frappeMini: Dataset = {
  name: 'frappe-mini',
  title: "Frappe's validation file to learn from (9:1) and its test file: the small setting",
  rows: 86_582,
  licence: 'research',
  terms: 'as frappe',
  home: 'as frappe',
  folder: 'frappe',
  files: [valid, test],
  table: { train: 'valid.csv.gz', test: 'test.csv.gz' },
  recipe: { options: { ...recipe.options, validShare: 0.1 } },
}
