import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { datasetFolder } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import type { Player } from './player.ts'

const tables = {
  gpt4: { dilemma: 'lookup_pd_gpt4_lookup.json', battle: 'lookup_bos_gpt4_lookup.json' },
  'gpt4-scot': {
    dilemma: 'lookup_pd_variation_predict_gpt4_lookup.json',
    battle: 'lookup_bos_variation_predict_gpt4_lookup.json',
  },
} as const

export type Policy = keyof typeof tables
export const policies = Object.keys(tables) as Policy[]

/**
 * A policy as recorded: the other's moves so far, as labels in a row (`JJF`), name the next one.
 * @throws InterplayError `data/not-found` where a table lacks the moves of this match
 */
export function lookupPlayer(name: string, table: Readonly<Record<string, string>>): Player {
  return {
    name,
    summary: 'a recorded policy: a move for each history of the other',
    choose: ({ other, otherActions, actions }) => {
      const key = other.map(move => otherActions[move]!).join('')
      const label = table[key]
      if (label === undefined) {
        const longest = Math.max(...Object.keys(table).map(known => known.length))
        throw new InterplayError('data/not-found', `${name} has no move after '${key}'`, {
          why: `its table ends after ${longest} moves of ${otherActions.join(' or ')}`,
          try: `--set rounds=${longest + 1}`,
        })
      }
      const action = actions.indexOf(label)
      return { action: action < 0 ? null : action, raw: label }
    },
  }
}

/**
 * GPT-4 as recorded for the dilemma or the battle of Akata et al. 2025, with (`gpt4-scot`) or without a prediction first.
 * @throws InterplayError `option/conflict` for another game, `data/not-found` where the recordings are absent
 */
export function recordedPolicy(policy: Policy, game: string): Player {
  const name = `lookup:${policy}`
  if (game !== 'dilemma' && game !== 'battle') {
    throw new InterplayError(
      'option/conflict',
      `${name} was recorded for the games dilemma and battle, not '${game}'`,
      {
        try: 'world:dilemma',
      },
    )
  }
  return lookupPlayer(name, readTable(join(recordingsFolder(name), tables[policy][game])))
}

function recordingsFolder(name: string): string {
  const folder = datasetFolder('repeated-games')
  if (folder !== undefined) return folder
  throw new InterplayError('data/not-found', `${name} plays from recordings that are not on this machine`, {
    why: 'they are in github eliaka/repeatedgames, MIT licence',
    try: 'INTERPLAY_DATA=FOLDER, the recordings being in FOLDER/repeated-games',
  })
}

/** @throws InterplayError `data/not-found`, `data/corrupt` */
export function readTable(path: string): Readonly<Record<string, string>> {
  if (!existsSync(path)) throw new InterplayError('data/not-found', `no file '${path}'`)
  const parsed = z.record(z.string(), z.string()).safeParse(json(path))
  if (parsed.success && Object.keys(parsed.data).length > 0) return parsed.data
  throw new InterplayError('data/corrupt', `'${path}' is no table of moves`, {
    why: 'it maps the other\'s moves so far to the next: {"": "J", "J": "J", "F": "F"}',
  })
}

function json(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
