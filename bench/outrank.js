// Rankings beside the authors' package on the same CSV, each in a process of its own, in turn:
// npm run build, pip install outrank 'pandas<3' 'xxhash<3.6' into an environment, then
//   node bench/outrank.js [--outrank .../bin/outrank] [--rows 3000000] [--fields 20] [--threads 2] [--batch 16384] [--limit 1800] [--out bench/results/outrank-ROWSxFIELDS.json]
// Linux only: memory is read from /proc. Both shuffle nothing and correct by the authors' single shift, so that the method
// is the same but for their batches, over which they take medians; ours is also timed at its defaults.
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'

const root = new URL('../', import.meta.url).pathname
const { values: flags } = parseArgs({
  options: {
    outrank: { type: 'string', default: 'outrank' },
    rows: { type: 'string', default: '3000000' },
    fields: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
    /** Rows of the peer's batches; as many as rows make the method the same, at a cost that grows with values x rows. */
    batch: { type: 'string', default: '16384' },
    /** Seconds after which a peer is stopped. */
    limit: { type: 'string', default: '1800' },
    out: { type: 'string' },
  },
})
const [rows, fields, threads] = [flags.rows, flags.fields, flags.threads].map(Number)

/** Columns of 2 to 100,000 values; every third carries the label's parity in a share of rows that grows from 5% to 45%. */
async function generate(path) {
  const sizes = [2, 4, 10, 50, 100, 1000, 10_000, 100_000]
  const draw = k => `(hash(i * 1000003 + ${k}) % 1000003)`
  const columns = Array.from({ length: fields }, (_, f) => {
    const size = sizes[f % sizes.length]
    const share = f % 3 === 0 ? Math.round(1000003 * (0.05 + (0.4 * f) / fields)) : 0
    const told = `(${draw(7 * f + 2)} % ${size / 2}) * 2 + y`
    return `concat('v', CASE WHEN ${draw(7 * f + 1)} < ${share} THEN ${told} ELSE ${draw(7 * f + 3)} % ${size} END) AS f${f}`
  })
  const database = await DuckDBInstance.create(':memory:', { threads: String(threads), memory_limit: '2000MB' })
  const connection = await database.connect()
  await connection.run(`COPY (SELECT ${columns.join(', ')}, y AS label
    FROM (SELECT i, (hash(i * 31 + 5) % 1000 < 400)::INTEGER AS y FROM range(${rows}) AS t(i))) TO '${path}' (HEADER)`)
  connection.closeSync()
  database.closeSync()
}

/** Resident bytes of a process and all below it. */
async function treeBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const below = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const children = await Promise.all(below.split(' ').filter(Boolean).map(treeBytes))
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 + children.reduce((sum, bytes) => sum + bytes, 0)
}

async function measured(command, words, folder) {
  const started = performance.now()
  const child = spawn(command, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  let said = ''
  child.stderr.on('data', part => (said = (said + part).slice(-2000)))
  let peakBytes = 0
  const timer = setInterval(async () => (peakBytes = Math.max(peakBytes, await treeBytes(child.pid))), 50)
  let stopped = false
  const stop = setTimeout(() => (stopped = process.kill(-child.pid)), Number(flags.limit) * 1000)
  const status = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))
  clearInterval(timer)
  clearTimeout(stop)
  const seconds = (performance.now() - started) / 1000
  if (status !== 0 && !stopped) throw new Error(`${command} ended with ${status}: ${said}`)
  return { seconds, peakBytes, ...(stopped ? { stopped: `after ${flags.limit} s` } : {}) }
}

async function ours(folder, out, settings) {
  const words = ['bin/interplay.js', 'rank', join(folder, 'data.csv'), '-t', 'label', '--threads', String(threads)]
  const given = ['rows=all', ...settings].flatMap(setting => ['--set', setting])
  const cost = await measured(
    'node',
    [join(root, words[0]), ...words.slice(1), ...given, '-o', join(folder, out)],
    folder,
  )
  const document = JSON.parse(await readFile(join(folder, out, 'result.json'), 'utf8'))
  return { ...cost, gains: new Map(document.rows.map(row => [row.set[0], row.gain])) }
}

async function peer(folder) {
  const out = join(folder, 'peer')
  const words = `--task ranking --data_path ${folder} --data_source csv-raw --heuristic MI-numba-randomized
    --target_ranking_only True --label_column label --num_threads ${threads} --output_folder ${out} --disable_tqdm True
    --minibatch_size ${flags.batch} --subsampling 1`
  const cost = await measured(flags.outrank, words.split(/\s+/), folder)
  if (cost.stopped) return { ...cost, gains: new Map() }
  const file = (await readdir(out)).find(name => name === 'pairwise_ranks.tsv')
  const lines = (await readFile(join(out, file), 'utf8')).trim().split('\n').slice(1)
  const gains = new Map()
  for (const line of lines) {
    const [a, b, score] = line.split('\t').map(cell => cell.replace(/-\(\d+; \d+\)$/, ''))
    const other = a === 'label' ? b : a
    if ((a === 'label') !== (b === 'label')) gains.set(other, Number(score))
  }
  return { ...cost, gains }
}

function ranksOf(values) {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b])
  const ranks = new Array(values.length)
  order.forEach((i, rank) => (ranks[i] = rank))
  return ranks
}

/** Spearman's rank correlation over the fields that both have. */
function spearman(a, b, names) {
  const [x, y] = [a, b].map(gains => ranksOf(names.map(name => gains.get(name))))
  const n = names.length
  const squares = x.reduce((sum, rank, i) => sum + (rank - y[i]) ** 2, 0)
  return 1 - (6 * squares) / (n * (n * n - 1))
}

const folder = await mkdtemp(join(tmpdir(), 'interplay-outrank-'))
try {
  await generate(join(folder, 'data.csv'))
  const same = await ours(folder, 'same', ['control=shift', 'rowOrder=file'])
  const theirs = await peer(folder)
  const standard = await ours(folder, 'standard', [])
  const names = Array.from({ length: fields }, (_, f) => `f${f}`).filter(name => theirs.gains.has(name))
  const informative = names.filter(name => Number(name.slice(1)) % 3 === 0)
  const cost = ({ gains: _, ...rest }) => rest
  const agreement =
    names.length === 0
      ? undefined
      : {
          allFields: spearman(same.gains, theirs.gains, names),
          informativeFields: spearman(same.gains, theirs.gains, informative),
          defaultsAllFields: spearman(standard.gains, theirs.gains, names),
          defaultsInformativeFields: spearman(standard.gains, theirs.gains, informative),
        }
  const result = {
    rows,
    batch: Number(flags.batch),
    fields,
    threads,
    cores: availableParallelism(),
    ours: cost(same),
    oursDefaults: cost(standard),
    peer: cost(theirs),
    spearman: agreement,
  }
  const text = `${JSON.stringify(result, null, 2)}\n`
  process.stdout.write(text)
  await writeFile(flags.out ?? join(root, `bench/results/outrank-${rows}x${fields}.json`), text)
} finally {
  await rm(folder, { recursive: true })
}
