// Reads the question set of dialogue-explain with the grammar as it stands and adds the accuracy to
// fixtures/dialogue-explain/accuracy.json, after the runs before it:
//
//   node scripts/record-questions.js "what changed"      adds a run
//   node scripts/record-questions.js --misses            lists what the development half gets wrong
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createJiti } from 'jiti'

const { readAll, readQuestions } = await createJiti(import.meta.url).import(
  '../src/systems/explain/dialogue-explain/question-set.ts',
)

const folder = new URL('../fixtures/dialogue-explain/', import.meta.url)
const text = name => readFileSync(new URL(name, folder), 'utf8')
const vocabularies = Object.fromEntries(
  ['birdstrikes', 'adult'].map(name => [name, JSON.parse(text(`${name}.vocabulary.json`))]),
)
const outcomes = readAll(readQuestions(text('questions.txt')), vocabularies)

if (process.argv[2] === '--misses') {
  for (const { half, question, expected, got, right } of outcomes)
    if (half === 'development' && !right) console.log(`${question}\n  expected ${expected}\n  got      ${got}`)
} else {
  const share = some => ({ right: some.filter(({ right }) => right).length, of: some.length })
  const git = (...words) => execFileSync('git', words, { encoding: 'utf8' }).trim()
  const dirty = git('status', '--porcelain', '--untracked-files=no', 'src') === '' ? '' : '-dirty'
  const run = {
    what: process.argv[2] ?? '',
    commit: `${git('rev-parse', '--short', 'HEAD')}${dirty}`,
    date: new Date().toISOString().slice(0, 10),
    all: share(outcomes),
    development: share(outcomes.filter(({ half }) => half === 'development')),
    test: share(outcomes.filter(({ half }) => half === 'test')),
    followUps: share(outcomes.filter(({ followUp }) => followUp)),
    unanswerable: share(outcomes.filter(({ expected }) => /^(clarify|refuse)/.test(expected))),
  }
  const file = new URL('accuracy.json', folder)
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).runs : []
  writeFileSync(file, `${JSON.stringify({ runs: [...before, run] }, null, 2)}\n`)
  console.log(JSON.stringify(run, null, 1))
}
