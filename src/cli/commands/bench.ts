import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { formatCount } from '../../charts/format.ts'
import { InterplayError, isInterplayError } from '../../errors/index.ts'
import { defineCommand, nameCommand } from '../command.ts'
import { documentText } from '../document.ts'
import { flag } from '../flags/flag.ts'
import { choice, integer, text } from '../flags/kind.ts'
import { list } from '../flags/list.ts'
import { shared } from '../flags/shared.ts'
import { resumeLine } from '../shell.ts'

const leaderboard = defineCommand({
  operands: [{ name: 'DATASET', describe: 'the name of a protocol: bench/protocols/DATASET.yaml' }],
  flags: {
    systems: flag(list, 'rows of the protocol', { value: 'A,B', default: 'all' }),
    seeds: { ...shared.seeds, describe: "how many seeds, from the protocol's first" },
    resume: shared.resume,
  },
  examples: ['interplay bench leaderboard frappe --systems autoint,dcnv2 --seeds 1'],
  dryRun: true,
  async run({ operands: [dataset], options, signal, terminal, words }) {
    const [{ boardFolder, leaderboard, planLeaderboard }, { renderLeaderboard, boardProgress }] = await Promise.all([
      import('../../verbs/leaderboard.ts'),
      import('../render/leaderboard.ts'),
    ])
    if (options.dryRun) {
      const { renderLeaderboardPlan } = await import('../render/plan.ts')
      const planned = await planLeaderboard(dataset!, options)
      return { document: planned, lines: style => renderLeaderboardPlan(planned, style) }
    }
    const out = options.out ?? boardFolder(dataset!)
    if (!options.resume && existsSync(join(out, 'rows'))) {
      throw new InterplayError('run/exists', `'${out}' already holds a leaderboard`, { try: resumeLine(words) })
    }
    const document = await leaderboard(dataset!, {
      ...options,
      out,
      threads: options.threads ?? availableParallelism(),
      signal,
      onProgress: boardProgress(terminal),
    })
    return { document, lines: style => renderLeaderboard(document, out, style) }
  },
})

const speed = defineCommand({
  flags: {
    systems: flag(list, 'rows of the table: table systems, vit-tiny, resnet-18, gpt', { value: 'A,B', default: 'all' }),
    against: flag(choice('torch'), 'a peer to take turns with: torch', { value: 'NAME' }),
    python: flag(text, "the Python that has the peer's library", { value: 'PATH', default: 'python3' }),
    device: shared.device,
    rounds: flag(integer({ min: 1 }), 'how often each side is timed', { value: 'N', default: '7' }),
    batch: flag(integer({ min: 1 }), 'rows a step; 32 images or 16 texts of the networks', {
      value: 'N',
      default: '4096',
    }),
  },
  examples: [
    'interplay bench speed --systems dnn,autoint --against torch',
    'interplay bench speed --systems dnn -o speed.json',
  ],
  async run({ options, signal, terminal }) {
    const [{ speed }, { renderSpeed }] = await Promise.all([
      import('../../verbs/speed.ts'),
      import('../render/speed.ts'),
    ])
    const document = await speed({
      ...options,
      signal,
      onProgress: ({ system, ours }) => terminal.progress([`${system}: ${formatCount(ours!.median)} rows/s`]),
    })
    await keep(document, options.out)
    return { document, lines: style => renderSpeed(document, style) }
  },
})

const encoding = defineCommand({
  operands: [{ name: 'INPUT', describe: 'a table: a file or data:NAME' }],
  flags: {
    target: shared.target,
    rounds: flag(integer({ min: 1 }), 'how often; the median counts', { value: 'N', default: '3' }),
  },
  examples: ['interplay bench encoding data:flights-3m', 'interplay bench encoding rows.parquet -o encoding.json'],
  async run({ operands: [input], options, signal, terminal }) {
    const [{ benchEncoding }, { renderEncoding }] = await Promise.all([
      import('../../verbs/bench-encoding.ts'),
      import('../render/encoding.ts'),
    ])
    const document = await benchEncoding(input!, { ...options, signal, onProgress: said => terminal.draw(said) })
    terminal.clear()
    await keep(document, options.out)
    return { document, lines: style => renderEncoding(document, style) }
  },
})

const tournament = defineCommand({
  operands: [{ name: 'INPUT', describe: 'games: world:NAME, data:games (the 144 strict ones), a JSON or CSV file' }],
  flags: {
    players: flag(
      list,
      'who plays: rules (tft, grim, random:P), learners (q, fictitious, level:K, qre:LAMBDA), recorded policies ' +
        '(lookup:gpt4, lookup:FILE.json), models behind a chat endpoint (chat:MODEL@URL; chat-predict:MODEL@URL is ' +
        "asked for the other's move first; their key in INTERPLAY_LLM_KEY)",
      { value: 'A,B', default: 'tft,grim,wsls,j,f' },
    ),
    rounds: flag(integer({ min: 1 }), "rounds of each match, instead of the game's own", { value: 'N' }),
    seeds: shared.seeds,
    resume: { ...shared.resume, describe: 'go on behind the matches that a stopped tournament kept beside --out' },
  },
  examples: [
    'interplay bench tournament data:games --players tft,level:2,random:0.5',
    'interplay bench tournament world:dilemma --players lookup:gpt4,tft,grim,f -o rounds.csv',
    'interplay bench tournament world:dilemma --players chat:qwen3@http://localhost:11434/v1,tft -o rounds.csv',
  ],
  async run({ operands: [input], options, signal, terminal, words }) {
    if (options.resume && options.out === undefined) {
      throw new InterplayError('usage/missing-value', '--resume needs the file of rounds that was to be written', {
        try: resumeLine(words, 'rounds.csv'),
      })
    }
    const [{ tournament }, { renderTournament }] = await Promise.all([
      import('../../verbs/tournament.ts'),
      import('../render/tournament.ts'),
    ])
    const document = await tournament(input!, {
      ...options,
      players: options.players ?? usualPlayers,
      signal,
      onProgress: (done, total) => terminal.draw(`match ${done} of ${total}`),
    }).catch((error: unknown) => {
      throw options.out === undefined ? unkept(error, signal) : resumable(error, words)
    })
    terminal.clear()
    return { document, lines: style => renderTournament(document, style) }
  },
})

/** The failure of a tournament whose matches are kept, with the command that goes on behind them. */
function resumable(error: unknown, words: readonly string[]): unknown {
  if (!isInterplayError(error) || !['run/exists', 'agent/unreachable'].includes(error.code)) return error
  const { code, message, where, why, details } = error
  return new InterplayError(code, message, { where, why, details, try: resumeLine(words), cause: error })
}

/** Without a file to write nothing is kept, and a stopped tournament cannot go on. */
const unkept = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted ? new InterplayError('run/interrupted', 'stopped at your request') : error

/** Writes the measurement as the JSON that `--json` prints. */
async function keep(document: object, out?: string): Promise<void> {
  if (out === undefined) return
  const { writeWhole } = await import('../../train/index.ts')
  await writeWhole(out, `${documentText(document)}\n`)
}

const usualPlayers = ['tft', 'grim', 'wsls', 'j', 'f']

const bench = defineCommand({
  commands: [
    nameCommand('leaderboard', 'systems under the protocol of a dataset', leaderboard),
    nameCommand('speed', "training speed, ours and a peer's in turns", speed),
    nameCommand('tournament', 'players of repeated games, everyone against everyone', tournament),
    nameCommand('encoding', "how fast a table becomes a model's inputs, and in what memory", encoding),
  ],
})

export default bench
