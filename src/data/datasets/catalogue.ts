import type { Dataset } from './dataset.ts'
import { amazonGames } from './entries/amazon.ts'
import { clickLogs } from './entries/click-logs.ts'
import { compas } from './entries/compas.ts'
import { frappe } from './entries/frappe.ts'
import { movielens } from './entries/movielens.ts'
import { smallTables } from './entries/small.ts'
import { uci } from './entries/uci.ts'
import { vega } from './entries/vega.ts'

/** Every table dataset that is known by name. */
export const datasets: Dataset[] = [
  ...vega,
  ...uci,
  ...smallTables,
  compas,
  frappe,
  ...movielens,
  amazonGames,
  ...clickLogs,
]
