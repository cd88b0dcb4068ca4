import { existsSync } from 'node:fs'
import type { Dataset } from './dataset.ts'
import { amazonGames } from './entries/amazon.ts'
import { clickLogs } from './entries/click-logs.ts'
import { compas } from './entries/compas.ts'
import { frappe, frappeMini } from './entries/frappe.ts'
import { movielens } from './entries/movielens.ts'
import { smallTables } from './entries/small.ts'
import { uci } from './entries/uci.ts'
import { vega } from './entries/vega.ts'
import { folderOf, placesOf } from './locate.ts'

/** Every table dataset that is known by name. */
export const datasets: Dataset[] = [
  ...vega,
  ...uci,
  ...smallTables,
  compas,
  frappe,
  frappeMini,
  ...movielens,
  amazonGames,
  ...clickLogs,
]

/** Datasets that are no tables of examples, by folder; whoever reads one knows its files. */
const folders = ['eth-ucy', 'fashion-mnist-subset', 'repeated-games']

/** The folder of a dataset by name; undefined where it is unknown or not on this machine. */
export function datasetFolder(name: string): string | undefined {
  const dataset = datasets.find(each => each.name === name)
  if (dataset) return folderOf(dataset)
  return folders.includes(name) ? placesOf({ folder: name }).find(place => existsSync(place)) : undefined
}
