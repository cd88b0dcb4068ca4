// Interaction indices beside shapiq and shap, on the same model, rows and games, in turns and in one run; `--only` measures
// some parts anew and keeps the others of the file, `--without` keeps the rows of some peers (ProxySPEX takes the most time):
// npm run build, pip install shapiq shap lightgbm onnxruntime, then
//   node bench/explain.js [--python python3] [--threads 1] [--seeds 3] [--only rows,exact,estimates,trees] [--without ProxySPEX] [--out bench/results/explain-peers.json]
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { exportOnnx } from '../dist/engine/index.js'
import { runtime } from '../dist/engine/runtime/node.js'
import {
  boostTrees,
  computeIndex,
  explainRows,
  imputerOf,
  maskGame,
  predictBoosted,
  rowGame,
  TreeShapley,
  treeIndex,
  treeRows,
} from '../dist/lenses/index.js'
import { subsetSums } from '../dist/lenses/games/transform.js'
import { Random } from '../dist/random/index.js'
import { drawn } from '../dist/systems/neurons/networks/perceptron.js'

const root = new URL('../', import.meta.url).pathname
const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'rows,exact,estimates,trees' },
    without: { type: 'string', default: '' },
    out: { type: 'string', default: join(root, 'bench/results/explain-peers.json') },
  },
})
const threads = Number(flags.threads)
const only = new Set(flags.only.split(','))
const without = new Set(flags.without.split(','))
const earlier = existsSync(flags.out) ? JSON.parse(await readFile(flags.out, 'utf8')) : {}

const median = values => [...values].sort((a, b) => a - b)[values.length >> 1]
const furthest = (a, b) => a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k])), 0)
/** The root mean square of the errors over that of the values. */
function relativeError(values, truth) {
  const squares = list => list.reduce((sum, value) => sum + value * value, 0)
  return Math.sqrt(squares([...values].map((value, k) => value - truth[k])) / squares([...truth]))
}

/** Processor seconds of all threads: other work on the machine does not count. */
async function timed(work) {
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, (user + system) / 1e6]
}

async function startPeer(folder) {
  const script = join(root, 'bench/peers/explain_indices.py')
  const peer = spawn(flags.python, [script, folder, flags.threads], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: flags.threads, OPENBLAS_NUM_THREADS: flags.threads },
  })
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value)
  const { ready } = await next()
  return {
    versions: ready,
    async ask(ask, request) {
      peer.stdin.write(`${JSON.stringify({ ask, ...request })}\n`)
      const answer = await next()
      console.error(`${Math.round(performance.now() / 1000)} s  ${JSON.stringify(request).slice(0, 120)}`)
      if (answer.error) throw new Error(`${JSON.stringify(request)}: ${answer.error}`)
      return answer
    },
    close: () => peer.stdin.end(),
  }
}

/** A network of random weights in 64 bits, as an ONNX file that both sides run. */
async function networkPredictor(fields) {
  const { network } = drawn([fields, 32, 32, 1], { dtype: 'float64' })
  const bytes = exportOnnx(network)
  const session = await runtime.createSession(bytes, { threads })
  const names = Array.from({ length: fields }, (_, f) => `x${f + 1}`)
  const predictor = {
    name: 'network',
    fields: names.map(name => ({ name, type: 'numeric' })),
    output: { kind: 'value', names: ['y'] },
    async predict(columns) {
      const rows = columns[0].length
      const data = new Float64Array(rows * fields)
      for (let f = 0; f < fields; f++) for (let r = 0; r < rows; r++) data[r * fields + f] = columns[f][r]
      const { y } = await session.run({ x: { dtype: 'float64', dims: [rows, fields], data } }, { y: null })
      return y.data
    },
  }
  return { bytes, predictor, close: () => session.close() }
}

function normalRows(rows, columns, seed) {
  const random = new Random(seed, 'bench.explain')
  return Array.from({ length: columns }, () => new Float64Array(rows).map(() => random.normal()))
}
const byRow = columns =>
  Float64Array.from({ length: columns.length * columns[0].length }, (_, k) => {
    const [row, column] = [Math.floor(k / columns.length), k % columns.length]
    return columns[column][row]
  })

/** Boosted trees of depth 6 on rows of Friedman's function with further columns. */
function boostedTrees(columns) {
  const random = new Random(3, 'bench.explain.trees')
  const x = Array.from({ length: columns }, () => new Float64Array(2000).map(() => random.uniform()))
  const y = new Float64Array(2000).map(
    (_, r) =>
      10 * Math.sin(Math.PI * x[0][r] * x[1][r]) +
      20 * (x[2][r] - 0.5) ** 2 +
      10 * x[3][r] * x[5][r] +
      5 * x[4][r] +
      random.normal(),
  )
  const rows = treeRows(
    x,
    x.map(() => 'numeric'),
  )
  const boosted = boostTrees(rows, y, 'value', { rounds: 100, depth: 6 })
  const scaled = node => ({
    ...node,
    value: node.value.map(value => value * boosted.rate),
    ...(node.branch && {
      branch: { ...node.branch, left: scaled(node.branch.left), right: scaled(node.branch.right) },
    }),
  })
  return { boosted, trees: boosted.rounds.map(([tree]) => scaled(tree)) }
}

/** A tree as shap and shapiq take it. */
function treeArrays(tree) {
  const arrays = {
    children_left: [],
    children_right: [],
    features: [],
    thresholds: [],
    values: [],
    node_sample_weight: [],
  }
  const visit = node => {
    const k = arrays.values.length
    const split = node.branch?.split
    for (const key of ['children_left', 'children_right']) arrays[key].push(-1)
    arrays.features.push(split?.column ?? -2)
    arrays.thresholds.push(split?.threshold ?? -2)
    arrays.values.push(node.value[0])
    arrays.node_sample_weight.push(node.weight)
    if (node.branch) {
      arrays.children_left[k] = visit(node.branch.left)
      arrays.children_right[k] = visit(node.branch.right)
    }
    return k
  }
  visit(tree)
  return arrays
}

/** The same network, background and rows: every coalition of every row. */
async function compareRows(peer, folder) {
  const fields = 10
  const { bytes, predictor, close } = await networkPredictor(fields)
  const [rows, background] = [normalRows(2, fields, 1), normalRows(100, fields, 2)]
  await writeFile(join(folder, 'network.onnx'), bytes)
  await writeFile(join(folder, 'rows.f64'), byRow(rows))
  await writeFile(join(folder, 'background.f64'), byRow(background))
  const result = []
  const cases = [
    ['SV', 1, 'shap Exact'],
    ['SV', 1, 'shapiq'],
    ['SII', 2, 'shapiq'],
    ['k-SII', 2, 'shapiq'],
    ['STII', 2, 'shapiq'],
    ['FSII', 2, 'shapiq'],
    ['SII', 3, 'shapiq'],
  ]
  for (const [index, order, name] of cases) {
    const ours = async () => {
      const values = []
      let calls = 0
      for (let r = 0; r < 2; r++) {
        const one = rows.map(column => column.subarray(r, r + 1))
        const found = await explainRows(predictor, one, background, { index, order })
        values.push(...found.sets.map(({ value }) => value))
        calls += found.predictions
      }
      return { values, calls }
    }
    await ours()
    const [own, seconds] = await timed(ours)
    const theirs = await peer.ask('rows', { fields, peer: name, index, order })
    result.push({
      index,
      order,
      peer: name,
      difference: furthest(own.values, theirs.values),
      predictions: { ours: own.calls, peer: theirs.calls },
      seconds: { ours: seconds, peer: theirs.seconds, ratio: theirs.seconds / seconds },
    })
  }
  await close()
  return result
}

/** Games of 16 players by the table of their values: the network's first row, and one row of the trees. */
async function writeGames(folder) {
  const players = 16
  const { predictor, close } = await networkPredictor(players)
  const background = imputerOf(predictor, normalRows(10, players, 5))
  const row = normalRows(1, players, 6).map(column => column[0])
  const masks = Uint32Array.from({ length: 2 ** players }, (_, mask) => mask)
  const network = await rowGame(predictor, row, background).evaluate(masks)
  await close()
  const { trees } = boostedTrees(players)
  const random = new Random(7, 'bench.explain.row')
  const cells = Array.from({ length: players }, () => Float64Array.of(random.uniform()))
  const { sets, values } = treeIndex(trees, cells, { index: 'Moebius', order: players })
  const table = new Float64Array(2 ** players)
  sets.forEach((set, k) => (table[set.reduce((mask, p) => mask | (1 << p), 0)] = values[k]))
  const games = { network, trees: subsetSums(table) }
  for (const [name, game] of Object.entries(games)) await writeFile(join(folder, `${name}.f64`), game)
  return games
}

const gameOf = table => maskGame(Math.log2(table.length), mask => table[mask])

async function compareExact(peer, folder, games) {
  const players = 12
  const table = games.network.slice(0, 2 ** players)
  await writeFile(join(folder, 'twelve.f64'), table)
  const result = []
  const cases = ['SV', 'BV', 'SII', 'BII', 'k-SII', 'STII', 'FSII', 'FBII', 'CHII'].flatMap(index =>
    (index === 'SV' || index === 'BV' ? [1] : [2, 3]).map(order => ({ index, order })),
  )
  for (const { index, order } of cases) {
    const compute = () => computeIndex(gameOf(table), { index, order, budget: 2 ** players })
    await compute()
    const [own, seconds] = await timed(compute)
    const theirs = await peer.ask('exact', { name: 'twelve', players, index, order })
    const values = own.values.filter((_, k) => own.sets[k].length > 0)
    result.push({
      index,
      order,
      players,
      difference: furthest(values, theirs.values),
      calls: { ours: own.calls, peer: theirs.calls },
      seconds: { ours: seconds, peer: theirs.seconds, ratio: theirs.seconds / seconds },
    })
  }
  return result
}

/** Ours and the peers' ways to the same index; those on one line are the same method. ProxySPEX, which takes minutes, has one seed. */
const ways = {
  SV: [
    ['permutation', 'PermutationSamplingSV'],
    ['regression', 'KernelSHAP'],
    ['regression', 'shap KernelExplainer'],
    ['shap-iq', 'SHAPIQ'],
    ['stratified', 'SVARMIQ'],
    ['proxy', 'ProxySPEX'],
  ],
  SII: [
    ['permutation', 'PermutationSamplingSII'],
    ['shap-iq', 'SHAPIQ'],
    ['stratified', 'SVARMIQ'],
    ['proxy', 'ProxySPEX'],
    [undefined, 'KernelSHAPIQ'],
  ],
  STII: [
    ['shap-iq', 'SHAPIQ'],
    ['stratified', 'SVARMIQ'],
    ['proxy', 'ProxySPEX'],
    [undefined, 'PermutationSamplingSTII'],
  ],
  FSII: [
    ['regression', 'RegressionFSII'],
    ['shap-iq', 'SHAPIQ'],
    ['stratified', 'SVARMIQ'],
    ['proxy', 'ProxySPEX'],
  ],
}

/** Runs before those measured: what is measured is the work, not the compiling of it. */
const warmUps = 5

/** Each way beside the peer's, and the default beside the peer of the least error, at as many calls as that one took. */
async function compareEstimates(peer, games) {
  const seeds = Array.from({ length: Number(flags.seeds) }, (_, k) => k + 1)
  const estimates = []
  const defaultBesideBestPeer = []
  for (const [name, table] of Object.entries(games))
    for (const [index, pairs] of Object.entries(ways)) {
      const order = index === 'SV' ? 1 : 2
      const players = Math.log2(table.length)
      const exact = await computeIndex(gameOf(table), { index, order, budget: table.length })
      const measured = async (run, tried = seeds) => {
        const rounds = []
        for (const seed of tried) rounds.push(await run(seed))
        const middle = key => median(rounds.map(round => round[key]))
        return {
          error: Math.sqrt(rounds.reduce((sum, { error }) => sum + error ** 2, 0) / rounds.length),
          calls: middle('calls'),
          seconds: middle('seconds'),
        }
      }
      for (const budget of [512, 2048]) {
        const measureOwn = async (estimator, calls, tries) => {
          const run = async seed => {
            const settings = { index, order, budget: calls, estimator, seed }
            const [found, seconds] = await timed(() => computeIndex(gameOf(table), settings))
            return { error: relativeError(found.values, exact.values), calls: found.calls, seconds }
          }
          for (let k = 0; k < tries; k++) await run(0)
          return measured(run)
        }
        const own = new Map()
        const rows = []
        const measuredNow = pairs.filter(([, other]) => !without.has(other))
        for (const estimator of new Set(measuredNow.map(([ours]) => ours).filter(Boolean)))
          own.set(estimator, await measureOwn(estimator, budget, estimator === 'proxy' ? 1 : warmUps))
        for (const [estimator, other] of pairs) {
          const place = { game: name, index, order, budget }
          if (without.has(other)) {
            const same = row => row.peer === other && Object.entries(place).every(([key, value]) => row[key] === value)
            rows.push(...(earlier.estimates ?? []).filter(same))
            continue
          }
          const theirs = await measured(
            async seed => {
              const asked = { name, players, peer: other, index, order, budget, seed }
              const { values, calls, seconds } = await peer.ask('estimate', asked)
              return { error: relativeError(values, exact.values), calls, seconds }
            },
            other === 'ProxySPEX' ? [1] : seeds,
          )
          const ours = own.get(estimator) ?? null
          const ratio = ours && theirs.seconds / ours.seconds
          rows.push({ ...place, estimator: estimator ?? null, peer: other, ours, theirs, ratio })
        }
        estimates.push(...rows)
        const best = rows.reduce((a, b) => (b.theirs.error < a.theirs.error ? b : a))
        const ours = await measureOwn('proxy', best.theirs.calls, 0)
        defaultBesideBestPeer.push({
          game: name,
          index,
          budget,
          ours,
          bestPeer: { name: best.peer, ...best.theirs },
          noMoreCallsAtEqualError: ours.error <= best.theirs.error && ours.calls <= best.theirs.calls,
          ratio: best.theirs.seconds / ours.seconds,
        })
      }
    }
  return { estimates, defaultBesideBestPeer }
}

async function compareTrees(peer, folder) {
  const columns = 16
  const { boosted, trees } = boostedTrees(columns)
  const random = new Random(9, 'bench.explain.tree-rows')
  const data = Array.from({ length: columns }, () => new Float64Array(1000).map(() => random.uniform()))
  await writeFile(join(folder, 'tree-rows.f64'), byRow(data))
  await writeFile(join(folder, 'trees.json'), JSON.stringify(trees.map(treeArrays)))
  const result = []
  const cases = [
    ['shap TreeExplainer', 1, 1],
    ['shap TreeExplainer', 1, 1000],
    ['shap TreeExplainer', 2, 100],
    ['shapiq TreeExplainer', 1, 1],
    ['shapiq TreeExplainer', 2, 1],
  ]
  const answers = predictBoosted(boosted, data)
  // prepared as shap's explainer is, whose making is not timed either
  const shapley = new TreeShapley(trees)
  const columnSets = Array.from({ length: columns }, (_, column) => [column])
  for (const [name, order, count] of cases) {
    const rows = data.map(column => column.subarray(0, count))
    const compute = () =>
      order === 1
        ? { sets: columnSets, values: shapley.values(rows), baseline: shapley.baseline }
        : treeIndex(trees, rows, { index: 'SII', order })
    for (let k = 0; k < warmUps; k++) compute()
    const rounds = []
    for (let k = 0; k < 5; k++) rounds.push(await timed(compute))
    const found = rounds[0][0]
    const seconds = median(rounds.map(([, each]) => each))
    const places = new Map(found.sets.map((set, k) => [set.join(), k]))
    const sets = []
    for (let i = 0; i < columns; i++)
      if (order === 1) sets.push([i])
      else for (let j = i + 1; j < columns; j++) sets.push([i, j])
    const value = (r, set) => {
      const place = places.get(set.join())
      return place === undefined ? 0 : found.values[r * found.sets.length + place]
    }
    const own = Array.from({ length: count }, (_, r) => sets.map(set => value(r, set))).flat()
    const theirs = await peer.ask('trees', { columns, peer: name, order, count })
    const sums =
      order === 1
        ? Array.from({ length: count }, (_, r) => {
            const sum = sets.reduce((total, set) => total + value(r, set), boosted.base[0] + found.baseline)
            return Math.abs(sum - answers[r])
          })
        : []
    result.push({
      peer: name,
      index: order === 1 ? 'SV' : 'SII',
      order,
      rows: count,
      trees: trees.length,
      difference: furthest(own, theirs.values),
      ...(order === 1 ? { furthestSumFromAnswer: Math.max(...sums) } : {}),
      secondsPerRow: { ours: seconds / count, peer: theirs.seconds / count, ratio: theirs.seconds / seconds },
    })
  }
  return result
}

const folder = await mkdtemp(join(tmpdir(), 'interplay-explain-'))
const peer = await startPeer(folder)
try {
  const began = performance.now()
  const games = only.has('exact') || only.has('estimates') ? await writeGames(folder) : undefined
  const measured = {
    ...(only.has('rows') && { rows: await compareRows(peer, folder) }),
    ...(only.has('exact') && { exact: await compareExact(peer, folder, games) }),
    ...(only.has('estimates') && (await compareEstimates(peer, games))),
    ...(only.has('trees') && { trees: await compareTrees(peer, folder) }),
  }
  const result = {
    machine: { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), threads },
    versions: peer.versions,
    seeds: Number(flags.seeds),
    rows: earlier.rows,
    exact: earlier.exact,
    estimates: earlier.estimates,
    defaultBesideBestPeer: earlier.defaultBesideBestPeer,
    trees: earlier.trees,
    ...measured,
    seconds: {
      ...(typeof earlier.seconds === 'object' && earlier.seconds),
      [[...only].join()]: (performance.now() - began) / 1000,
    },
  }
  const text = `${JSON.stringify(result, null, 1)}\n`
  await writeFile(flags.out, text)
  console.log(text)
} finally {
  peer.close()
  await rm(folder, { recursive: true })
}
