import { prepareTable } from '../data/index.ts'

/** One measured encoding in a process of its own, so that its peak memory is its own: prints JSON. */
const [input, options] = JSON.parse(process.argv[2]!) as [string, Parameters<typeof prepareTable>[1]]
const started = performance.now()
const { train, valid, test } = await prepareTable(input, options)
const seconds = (performance.now() - started) / 1000
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
const bytes = [train, valid, test].reduce(
  (sum, table) =>
    sum +
    table.categorical.byteLength +
    table.numeric.byteLength +
    table.sequences.reduce((all, { ids }) => all + ids.byteLength, 0),
  0,
)
const rows = train.rows + valid.rows + test.rows
const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6
process.stdout.write(JSON.stringify({ rows, seconds, cpuSeconds, peakBytes: maxRSS * 1024, encodedBytes: bytes }))
