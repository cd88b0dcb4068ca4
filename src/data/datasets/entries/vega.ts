import type { Dataset } from '../dataset.ts'

const home = 'the npm package vega-datasets 3.2.1'
const repository = 'https://raw.githubusercontent.com/vega/vega-datasets/v3.2.1/data'

/** Real tables of the `vega-datasets` package. The build copies birdstrikes; flights-3m (13.5 MB) is left to its package. */
export const vega: Dataset[] = [
  {
    name: 'birdstrikes',
    title: 'Wildlife strikes of aircraft: did one do damage?',
    rows: 10_000,
    licence: 'shipped',
    terms: 'public domain (US Federal Aviation Administration), packed by vega-datasets (BSD-3-Clause)',
    home,
    folder: 'vega-datasets',
    packed: true,
    files: [
      {
        name: 'birdstrikes.csv',
        sha256: '45777edf69984b37599e73dbfb34dbc976055243547407214261a4fcb9466462',
        url: `${repository}/birdstrikes.csv`,
      },
    ],
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
    name: 'flights-3m',
    title: 'Three million domestic flights: did one arrive over 15 minutes late?',
    rows: 3_000_000,
    licence: 'open',
    terms: 'public domain (US Bureau of Transportation Statistics), packed by vega-datasets (BSD-3-Clause)',
    home,
    folder: 'vega-datasets',
    packed: true,
    files: [
      {
        name: 'flights-3m.parquet',
        sha256: 'dbeb920c90f59b6ccaff823dcc3d08f25a97fa1ce128d93f40be4e931f5900b0',
        url: `${repository}/flights-3m.parquet`,
      },
    ],
    table: 'flights-3m.parquet',
    recipe: { options: { target: ['late = delay > 15'] } },
  },
]
