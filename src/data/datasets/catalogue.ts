import { folderOf } from './locate.ts'
import type { Dataset, Recipe } from './dataset.ts'

const vega = 'the npm package vega-datasets 3.2.1'

const frappeFields = [
  'user',
  'item',
  'daytime',
  'weekday',
  'isweekend',
  'homework',
  'cost',
  'weather',
  'country',
  'city',
]

const frappeRecipe: Recipe = {
  options: {
    target: ['label'],
    types: Object.fromEntries(frappeFields.map(field => [field, 'categorical'])),
    minCount: 1,
  },
}

/** Every table dataset that is known by name. */
export const datasets: Dataset[] = [
  {
    name: 'birdstrikes',
    title: 'Wildlife strikes of aircraft: did one do damage?',
    rows: 10_000,
    licence: 'shipped',
    terms: 'public domain (US Federal Aviation Administration), packed by vega-datasets (BSD-3-Clause)',
    home: vega,
    files: [{ name: 'birdstrikes.csv', sha256: '45777edf69984b37599e73dbfb34dbc976055243547407214261a4fcb9466462' }],
    table: 'birdstrikes.csv',
    recipe: {
      options: {
        target: [`damage = "Effect Amount of damage" <> 'None'`],
        ignore: ['Cost Repair', 'Cost Other', 'Cost Total $'],
        types: { 'Speed IAS in knots': 'numeric', 'Flight Date': 'timestamp' },
      },
      because: 'known only after the strike',
    },
  },
  {
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
        sha256: '4e9a0db6879c274ff5b187509aade8b104322d233b18c7b63392fe2669a68ed5',
        original: { name: 'train.csv', md5: 'ba7306e6c4fc19dd2cd84f2f0596d158' },
      },
      {
        name: 'valid.csv.gz',
        sha256: '5bb1407a6ab553fcab580cb64e9c2765656b283bad8b78d47adaaee192590bc4',
        md5: '88d51bf2173505436d3a8f78f2a59da8',
      },
      {
        name: 'test.csv.gz',
        sha256: 'd341c18a6c1586f4fff5d20111627fcca196c7cebc49dc84f6b3bc89310fbe94',
        md5: '3470f6d32713dc5f7715f198ca7c612a',
      },
    ],
    table: { train: 'train.redrawn.csv.gz', valid: 'valid.csv.gz', test: 'test.csv.gz' },
    recipe: frappeRecipe,
    note: 'train negatives redrawn',
  },
  {
    name: 'frappe-mini',
    title: "Frappe's validation file to learn from (9:1) and its test file: the small setting",
    rows: 86_582,
    licence: 'research',
    terms: 'as frappe',
    home: 'as frappe',
    folder: 'frappe',
    files: [
      {
        name: 'valid.csv.gz',
        sha256: '5bb1407a6ab553fcab580cb64e9c2765656b283bad8b78d47adaaee192590bc4',
        md5: '88d51bf2173505436d3a8f78f2a59da8',
      },
      {
        name: 'test.csv.gz',
        sha256: 'd341c18a6c1586f4fff5d20111627fcca196c7cebc49dc84f6b3bc89310fbe94',
        md5: '3470f6d32713dc5f7715f198ca7c612a',
      },
    ],
    table: { train: 'valid.csv.gz', test: 'test.csv.gz' },
    recipe: { options: { ...frappeRecipe.options, validShare: 0.1 } },
  },
]

/** The folder of a dataset by name; undefined where it is unknown or not on this machine. */
export function datasetFolder(name: string): string | undefined {
  const dataset = datasets.find(each => each.name === name)
  return dataset && folderOf(dataset)
}
