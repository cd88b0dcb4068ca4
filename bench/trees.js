// Boosted trees beside LightGBM on the same encoded rows, in turn and in one run:
// npm run build, pip install lightgbm, then
//   node bench/trees.js adult|flights [--python python3] [--trees 100] [--leaves 31] [--threads 2] [--rounds 3]
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { prepareTable } from '../dist/data/index.js'
import { auc } from '../dist/metrics/index.js'
import { boost } from '../dist/systems/features/boosted-trees/boost.js'
import { boostedTreesOptions } from '../dist/systems/features/boosted-trees/options.js'

const root = new URL('../', import.meta.url).pathname
const shared = process.env.INTERPLAY_DATA ?? `${root}../shared/data`

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: 'string', default: 'python3' },
    trees: { type: 'string', default: '100' },
    leaves: { type: 'string', default: '31' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    /** force_row_wise or force_col_wise spares LightGBM its trial of both. */
    layout: { type: 'string', default: '' },
  },
})

/** Adult: the files' own rows to train on (32,561) and to test; a split needs a validation row, the first of the test. */
function adult() {
  const names = `age workclass fnlwgt education educationNum marital occupation relationship race sex gain loss hours country income`
  const columns = names.split(' ').map(name => `'${name}'`)
  const read = (file, part) =>
    `SELECT * REPLACE (trim(income, '.') AS income), ${part} AS part FROM read_csv('${shared}/adult/adult.${file}.csv.gz',
      header = false, delim = ', ', nullstr = '?', names = [${columns.join(', ')}])`
  const query = `sql:${read('train', `'train'`)} UNION ALL ${read('test', `if(row_number() OVER () = 1, 'valid', 'test')`)}`
  return prepareTable(query, { target: ['income'], split: 'given:part', minCount: 1, cache: false })
}

/** Flights: late by more than 15 minutes; 1,000,000 rows of the three million to train on, 250,000 to test. */
function flights() {
  const numbers = ['month', 'day', 'weekday', 'hour', 'minute']
  const query = `sql:SELECT month(date) AS month, day(date) AS day, dayofweek(date) AS weekday, hour(date) AS hour,
    minute(date) AS minute, distance, origin, destination, delay > 15 AS late, CASE WHEN part < 4 THEN 'train' WHEN part = 4 THEN 'test' ELSE 'valid' END AS part
    FROM (SELECT *, row_number() OVER () % 12 AS part FROM '${root}node_modules/vega-datasets/data/flights-3m.parquet')
    WHERE part < 6`
  const types = Object.fromEntries(numbers.map(name => [name, 'numeric']))
  return prepareTable(query, { target: ['late'], split: 'given:part', types, cache: false })
}

/** Writes the rows for the peer and starts it. */
async function startPeer(folder, data, options) {
  const write = async (name, table) => {
    const part = { rows: table.rows, categorical: `${name}.i4`, numeric: `${name}.f4`, target: `${name}.y` }
    await writeFile(join(folder, part.categorical), table.categorical)
    await writeFile(join(folder, part.numeric), table.numeric)
    await writeFile(join(folder, part.target), table.targets[0])
    return part
  }
  const parts = { train: await write('train', data.train), test: await write('test', data.test) }
  await writeFile(join(folder, 'data.json'), JSON.stringify({ ...parts, options: { ...options, objective: 'binary' } }))
  const script = join(root, 'bench/peers/lightgbm_trees.py')
  const peer = spawn(flags.python, [script, folder, flags.threads, flags.layout], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(peer.stdout)[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value)
  await next()
  return {
    async fit() {
      peer.stdin.write('{"fit": true}\n')
      return next()
    },
    close: () => peer.stdin.end(),
  }
}

const median = values => [...values].sort((a, b) => a - b)[values.length >> 1]

async function main() {
  const name = positionals[0] === 'flights' ? 'flights' : 'adult'
  const data = await (name === 'flights' ? flights() : adult())
  const options = boostedTreesOptions.parse({ trees: Number(flags.trees), leaves: Number(flags.leaves) })
  const folder = await mkdtemp(join(tmpdir(), 'interplay-trees-'))
  const rounds = {
    ours: [],
    oursPredict: [],
    peer: [],
    peerPredict: [],
  }
  const labels = data.test.targets[0]
  try {
    const peer = await startPeer(folder, data, options)
    let ourAuc = 0
    let peerPeak = 0
    for (let round = 0; round < Number(flags.rounds); round++) {
      const answer = await peer.fit()
      rounds.peer.push(answer.binSeconds + answer.fitSeconds)
      rounds.peerPredict.push(answer.predictSeconds)
      peerPeak = answer.peakBytes
      const start = performance.now()
      const settings = {
        spec: data.spec,
        options,
        seed: 1,
        threads: Number(flags.threads),
      }
      const model = await boost(data.train, settings)
      const fitted = performance.now()
      ourAuc = auc(labels, model.predict(data.test))
      rounds.ours.push((fitted - start) / 1000)
      rounds.oursPredict.push((performance.now() - fitted) / 1000)
    }
    peer.close()
    const bytes = await readFile(join(folder, 'lightgbm.f64'))
    const peerAuc = auc(labels, new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8))
    const seconds = { ours: median(rounds.ours), peer: median(rounds.peer) }
    const result = {
      data: name,
      rows: { train: data.train.rows, test: data.test.rows },
      cores: availableParallelism(),
      trees: options.trees,
      leaves: options.leaves,
      threads: Number(flags.threads),
      auc: { ours: ourAuc, peer: peerAuc, difference: ourAuc - peerAuc },
      seconds: { ...seconds, ratio: seconds.ours / seconds.peer },
      predictSeconds: { ours: median(rounds.oursPredict), peer: median(rounds.peerPredict) },
      peakBytes: { ours: process.resourceUsage().maxRSS * 1024, peer: peerPeak },
      rounds,
    }
    console.log(JSON.stringify(result, null, 2))
  } finally {
    await rm(folder, { recursive: true })
  }
}

await main()
