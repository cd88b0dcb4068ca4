import { checkCaptions, type Captions } from '../data/captions/captions.ts'
import { readCaptions } from '../data/captions/read-captions.ts'
import { checkGame, type Game } from '../data/games/game.ts'
import { readGame } from '../data/games/read-games.ts'
import { checkGraph, type Graph } from '../data/graph/graph.ts'
import { readGraph } from '../data/graph/read-graph.ts'
import { checkGroups, type GroupedTable } from '../data/groups/groups.ts'
import { readGroups } from '../data/groups/read-groups.ts'
import { checkConceptImages, type ConceptImages } from '../data/images/concepts.ts'
import { checkImages, type Images } from '../data/images/images.ts'
import { readConceptImages, readImages } from '../data/images/read-images.ts'
import { checkInteractions, type Interactions } from '../data/interactions/interactions.ts'
import { readInteractions } from '../data/interactions/read-interactions.ts'
import type { EncodedTable, PreparedTable, TableSource } from '../data/index.ts'
import { readTensor } from '../data/tensor/read-tensor.ts'
import { checkTensor, type TensorEntries } from '../data/tensor/tensor.ts'
import { readTicks } from '../data/ticks/read-ticks.ts'
import { checkTicks, type TickStream } from '../data/ticks/ticks.ts'
import { readTrajectories } from '../data/trajectories/read-trajectories.ts'
import { checkTrajectories, type Trajectories } from '../data/trajectories/trajectories.ts'
import { readTokenPairs } from '../data/tokens/read-token-pairs.ts'
import { checkTokenPairs, type TokenPairs } from '../data/tokens/token-pairs.ts'
import { readViews } from '../data/views/read-views.ts'
import { checkViews, type TwoViews } from '../data/views/views.ts'
import type { TableModel, TableSpec } from '../nn/index.ts'
import type { Network, NetworkData } from './network.ts'
import type { TrainedTable } from './own-view.ts'
import type { Columns, LabelledRows, Predictor } from './predictor.ts'

/** What the systems of a task are given and make; types only. */
export interface TaskTypes {
  /** What is learned from, answered, explained or ranked. */
  data: unknown
  /** What `create` is told about the data. */
  spec?: unknown
  /** What `create` returns. */
  model?: unknown
  /** What `explain` looks into. */
  subject?: unknown
}

/** What a task reads for `fit` or for `predict`: paths, `data:` names or `-`, by role; the plain one is the first role. */
export interface TaskInputs {
  inputs: Readonly<Record<string, string>>
  purpose: 'fit' | 'predict'
  seed: number
  target?: string
  /** The fields that play each of the task's roles. */
  roles?: Readonly<Record<string, readonly string[]>>
  /** Options in force, of which some may say how data are cut. */
  options?: Readonly<Record<string, unknown>>
  /** What was kept at fitting (`Saved.description.data`), so that new items are read alike. */
  known?: Readonly<Record<string, unknown>>
  signal?: AbortSignal
}

/** A data contract. `inputs` are the roles a user may give (`edges=FILE`), the first being the positional one. */
export interface Task<Types extends TaskTypes = TaskTypes> {
  readonly name: string
  readonly inputs: readonly string[]
  /** The role whose items are answered at prediction, where it is not the first. */
  readonly answers?: string
  /** Roles that fields of an input may be given (`--role mode=lat,lon`). */
  readonly roles?: readonly string[]
  /** Users' files into the task's data; absent while a task's data come from worlds and callers only. */
  read?(inputs: TaskInputs): Promise<Types['data']>
  /** Throws an `InterplayError` that names the culprit where data cannot be fitted or answered. */
  check?(data: Types['data'], purpose: 'fit' | 'predict'): void
  readonly types?: Types
}

const task = <Types extends TaskTypes>(
  name: string,
  inputs: readonly string[],
  parts: Pick<Task<Types>, 'roles' | 'answers' | 'read' | 'check'> = {},
): Task<Types> => ({ name, inputs, ...parts })

/** The tasks that systems exist for; a family adds its own here. */
export const tasks = {
  table: task<{ data: PreparedTable; spec: TableSpec; model: TableModel }>('table', ['rows']),
  /** Rows that stay where they are and are counted there. */
  source: task<{ data: TableSource }>('table', ['rows']),
  graph: task<{ data: Graph }>('graph', ['features', 'edges'], { check: checkGraph, read: readGraph }),
  tensor: task<{ data: TensorEntries }>('tensor', ['entries'], {
    roles: ['mode'],
    check: checkTensor,
    read: readTensor,
  }),
  stream: task<{ data: TickStream }>('stream', ['ticks'], { roles: ['time'], check: checkTicks, read: readTicks }),
  history: task<{ data: Interactions }>('table+history', ['ratings', 'users', 'items'], {
    answers: 'users',
    roles: ['user', 'item', 'time'],
    check: checkInteractions,
    read: readInteractions,
  }),
  images: task<{ data: Images }>('image->label', ['images', 'labels'], { check: checkImages, read: readImages }),
  concepts: task<{ data: ConceptImages }>('image->concepts->label', ['images', 'concepts', 'regions'], {
    check: checkConceptImages,
    read: readConceptImages,
  }),
  trajectories: task<{ data: Trajectories }>('sequence->future', ['tracks'], {
    check: checkTrajectories,
    read: readTrajectories,
  }),
  captions: task<{ data: Captions }>('text->image', ['text', 'images'], {
    check: checkCaptions,
    read: ({ inputs }) => readCaptions(inputs),
  }),
  groups: task<{ data: GroupedTable }>('grouped table', ['rows'], {
    roles: ['environments'],
    check: checkGroups,
    read: readGroups,
  }),
  tokens: task<{ data: TokenPairs }>('two sets of tokens', ['tokens'], {
    check: checkTokenPairs,
    read: readTokenPairs,
  }),
  views: task<{ data: TwoViews }>('two modalities', ['rows'], {
    roles: ['modality'],
    check: checkViews,
    read: readViews,
  }),
  network: task<{ data: NetworkData; subject: Network }>('network', ['network', 'data']),
  predictor: task<{ data: Columns; subject: Predictor }>('predictor', ['predictor', 'rows']),
  trained: task<{ data: { train: EncodedTable; query: EncodedTable }; subject: TrainedTable }>('trained network', [
    'network',
    'rows',
  ]),
  labelled: task<{ data: LabelledRows; subject: Predictor }>('predictor', ['predictor', 'rows']),
  agents: task<{ data: Game }>('agents', ['game'], { check: checkGame, read: readGame }),
} as const
