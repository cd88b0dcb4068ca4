import type {
  Captions,
  ConceptImages,
  Game,
  Graph,
  GroupedTable,
  Images,
  Interactions,
  Labels,
  TableSource,
  TensorEntries,
  TickStream,
  TokenPairs,
  Trajectories,
  TwoViews,
  View,
} from '../../data/index.ts'
import type { NetworkData } from '../../system/index.ts'

/** Data that must be refused, and what the refusal must name. */
export interface Fault {
  what: string
  names: RegExp
  data: unknown
  /** They cannot be learned from, but looked at. */
  onlyLearning?: boolean
}

const withNaN = <T extends Float32Array | Float64Array>(values: T, at = 0): T =>
  values.map((value, i) => (i === at ? NaN : value)) as T
const oneClass = (labels: Labels): Labels => ({ ...labels, values: labels.values.map(value => Math.min(value, 0)) })

const timeless = (events: NonNullable<Interactions['events']>) => ({ ...events, time: withNaN(events.time) })

const faults: Record<string, (data: never) => Fault[]> = {
  graph: (graph: Graph) => {
    const { edges, labels, numbers, categories } = graph
    const none = { source: new Int32Array(), target: new Int32Array(), directed: false }
    const bare = { nodes: 0, edges: none, labels: labels && { ...labels, values: new Int32Array() } }
    return [
      { what: 'a graph without nodes', names: /node/, data: bare },
      {
        what: 'an edge to no node',
        names: new RegExp(String(graph.nodes)),
        data: { ...graph, edges: { ...edges, target: edges.target.map((node, i) => (i === 0 ? graph.nodes : node)) } },
      },
      ...(labels
        ? [{ what: 'one class', names: new RegExp(labels.name), data: { ...graph, labels: oneClass(labels) } }]
        : []),
      ...(numbers
        ? [
            {
              what: 'a NaN',
              names: /finite/,
              data: { ...graph, numbers: { ...numbers, values: withNaN(numbers.values) } },
            },
          ]
        : []),
      ...(categories
        ? [
            {
              what: 'an unknown category',
              names: new RegExp(String(categories.size)),
              data: {
                ...graph,
                categories: { ...categories, ids: categories.ids.map((id, i) => (i === 0 ? categories.size : id)) },
              },
            },
          ]
        : []),
    ]
  },
  tensor: (tensor: TensorEntries) => [
    { what: 'no entries', names: /entr/, data: { ...tensor, coordinates: new Float64Array(), splits: undefined } },
    {
      what: 'a NaN among the coordinates',
      names: /entry 1/,
      data: { ...tensor, coordinates: withNaN(tensor.coordinates) },
    },
    ...(tensor.values
      ? [
          {
            what: 'a NaN among the values',
            names: /entry 1/,
            data: { ...tensor, values: { ...tensor.values, data: withNaN(tensor.values.data) } },
          },
          {
            what: 'one value',
            names: new RegExp(tensor.values.name),
            data: { ...tensor, values: { ...tensor.values, data: tensor.values.data.map(() => 1) } },
          },
        ]
      : []),
    {
      what: 'two modes of one name',
      names: new RegExp(tensor.modes[0]!.name),
      data: { ...tensor, modes: tensor.modes.map(mode => ({ ...mode, name: tensor.modes[0]!.name })) },
    },
  ],
  stream: (stream: TickStream) => [
    { what: 'no ticks', names: /tick/, data: { ...stream, times: new Float64Array(), values: new Float32Array() } },
    { what: 'a NaN', names: /tick 1/, data: { ...stream, values: withNaN(stream.values) } },
    {
      what: 'a step back in time',
      names: /tick 2/,
      data: { ...stream, times: stream.times.map((time, t) => (t === 1 ? stream.times[0]! : time)) },
    },
    ...(stream.labels
      ? [
          {
            what: 'one class',
            names: new RegExp(stream.labels.name),
            data: { ...stream, labels: oneClass(stream.labels) },
          },
        ]
      : []),
  ],
  'table+history': (data: Interactions) => [
    { what: 'no users', names: /user/, data: { ...data, users: { names: [], attributes: [] } } },
    { what: 'no items', names: /item/, data: { ...data, items: { names: [], attributes: [] } } },
    ...(data.events
      ? [
          { what: 'a time that is none', names: /event 1/, data: { ...data, events: timeless(data.events) } },
          { what: 'nothing chosen', names: /ratings/, data: { ...data, events: undefined } },
        ]
      : []),
    {
      what: 'a user twice',
      names: new RegExp(data.users.names[0]!),
      data: { ...data, users: { ...data.users, names: data.users.names.map(() => data.users.names[0]!) } },
    },
  ],
  'image->label': (images: Images) => [
    {
      what: 'no images',
      names: /image/,
      data: { ...images, count: 0, pixels: images.pixels.slice(0, 0), splits: undefined },
    },
    ...(images.pixels instanceof Float32Array
      ? [{ what: 'a NaN', names: /image/, data: { ...images, pixels: withNaN(images.pixels) } }]
      : []),
    ...(images.labels
      ? [
          {
            what: 'one class',
            names: new RegExp(images.labels.name),
            data: { ...images, labels: oneClass(images.labels) },
          },
        ]
      : []),
  ],
  'image->concepts->label': (images: ConceptImages) => {
    const { names, values } = images.concepts!
    const [first] = names
    return [
      ...faults['image->label']!(images as never).map(fault => ({
        ...fault,
        onlyLearning: fault.what === 'one class',
      })),
      {
        what: 'a concept that all images show',
        onlyLearning: true,
        names: new RegExp(first!),
        data: {
          ...images,
          concepts: { names, values: values.map((value, at) => (at % names.length === 0 ? 1 : value)) },
        },
      },
      {
        what: 'concepts of fewer images',
        names: /concepts of \d+ images/,
        data: { ...images, concepts: { names, values: values.subarray(names.length) } },
      },
      {
        what: 'a region outside of its image',
        names: new RegExp(first!),
        data: {
          ...images,
          regions: [
            {
              image: 0,
              concept: 0,
              polygon: [
                [0, 0],
                [images.width + 1, 0],
                [0, 5],
              ],
            },
          ],
        },
      },
    ]
  },
  'sequence->future': (tracks: Trajectories) => [
    {
      what: 'no scenes',
      names: /trajector/,
      data: { ...tracks, scenes: 0, positions: new Float32Array(), splits: undefined },
    },
    { what: 'no future', names: /step/, data: { ...tracks, past: tracks.steps } },
    { what: 'a NaN', names: /scene 1/, data: { ...tracks, positions: withNaN(tracks.positions) } },
  ],
  'text->image': (captions: Captions) => [
    { what: 'no texts', names: /text/, data: { texts: [] } },
    { what: 'an empty text', names: /text 1/, data: { ...captions, texts: ['', ...captions.texts.slice(1)] } },
  ],
  table: (source: TableSource) => [
    { what: 'a target that is no field', names: /nowhere/, data: { ...source, target: ['nowhere'] } },
    { what: 'a table without rows', names: /row|false/, data: { ...source, where: 'false' } },
    { what: 'a target of one class', names: /one/, data: { ...source, target: ['one = 1 = 1'] } },
  ],
  'grouped table': (data: GroupedTable) => {
    const [first, second, ...rest] = data.columns
    const values = (column: GroupedTable['columns'][number], own: Float64Array) => ({
      ...data,
      columns: [{ ...column, values: own }, second!, ...rest],
    })
    return [
      { what: 'few groups', names: new RegExp(data.group), data: { ...data, groupNames: data.groupNames.slice(0, 9) } },
      { what: 'a constant column', names: new RegExp(first!.name), data: values(first!, new Float64Array(data.rows)) },
      { what: 'a copied column', names: new RegExp(second!.name), data: values(first!, second!.values) },
      { what: 'a NaN', names: new RegExp(first!.name), data: values(first!, withNaN(first!.values)) },
      {
        what: 'a group of one row',
        names: /has 1 rows/,
        data: {
          ...data,
          groupNames: [...data.groupNames, 'lone'],
          groups: data.groups.with(0, data.groupNames.length),
        },
      },
    ]
  },
  'two sets of tokens': (pairs: TokenPairs) => {
    const { text, frames } = pairs
    const first = text.mask.subarray(0, text.length)
    const masked = (mark: number) => ({ ...text, mask: text.mask.map((own, at) => (at < text.length ? mark : own)) })
    return [
      { what: 'no items', names: /items/, data: { ...pairs, items: 0 } },
      { what: 'a text without words', names: /item 1/, data: { ...pairs, text: masked(0) } },
      { what: 'a mask that is no mask', names: /0 or 1|is 2/, data: { ...pairs, text: masked(2) } },
      {
        what: 'a NaN',
        names: /item 1/,
        data: { ...pairs, text: { ...text, values: withNaN(text.values, first.indexOf(1) * text.width) } },
      },
      {
        what: 'one frame',
        names: new RegExp(frames.name),
        data: { ...pairs, frames: { ...frames, length: 1 } },
      },
    ]
  },
  'two modalities': (data: TwoViews) => {
    const [first, second] = data.views
    const absent = (view: View): View =>
      view.kind === 'vectors'
        ? { ...view, values: view.values.map(() => NaN) }
        : { ...view, values: view.values.map(() => -1) }
    return [
      { what: 'no rows', names: /rows/, data: { ...data, rows: 0 } },
      { what: 'one class', names: new RegExp(data.labels.name), data: { ...data, labels: oneClass(data.labels) } },
      { what: 'an absent modality', names: new RegExp(first.name), data: { ...data, views: [absent(first), second] } },
      ...(first.kind === 'vectors' && first.width > 1
        ? [
            {
              what: 'a NaN in a vector',
              names: /row 1/,
              data: { ...data, views: [{ ...first, values: withNaN(first.values) }, second] },
            },
          ]
        : []),
    ]
  },
  network: (data: NetworkData) => {
    const changed = (values: (data: Float32Array) => Float32Array, count?: number): NetworkData => ({
      ...data,
      inputs: Object.fromEntries(
        Object.entries(data.inputs).map(([name, tensor]) => [
          name,
          {
            ...tensor,
            dims: [count ?? tensor.dims[0]!, ...tensor.dims.slice(1)],
            data: values(tensor.data as Float32Array),
          },
        ]),
      ),
    })
    return [
      { what: 'data without examples', names: /example/, data: changed(values => values.slice(0, 0), 0) },
      { what: 'a NaN', names: /finite in example 1/, data: changed(values => withNaN(values)) },
    ]
  },
  agents: (game: Game) => [
    { what: 'no rounds', names: new RegExp(game.name), data: { ...game, rounds: 0 } },
    { what: 'a NaN', names: new RegExp(game.name), data: { ...game, payoffs: [[[NaN]], game.payoffs[1]] } },
  ],
}

/** Broken copies of a task's data; none for a task whose data this suite does not know. */
export const faultsOf = (task: string, data: unknown): Fault[] => faults[task]?.(data as never) ?? []

type Taken = <T extends Int32Array | Float32Array | Float64Array | Uint8Array>(values: T, items: number) => T

const reordered: Record<
  string,
  { items(data: never): number; move(data: never, order: Int32Array, taken: Taken): unknown }
> = {
  graph: {
    items: (graph: Graph) => graph.nodes,
    move: ({ edges, categories, numbers, labels, ...rest }: Graph, order, taken): Graph => {
      const place = new Int32Array(order.length)
      order.forEach((from, to) => (place[from] = to))
      return {
        nodes: rest.nodes,
        edges: {
          ...edges,
          source: edges.source.map(node => place[node]!),
          target: edges.target.map(node => place[node]!),
        },
        ...(categories ? { categories: { ...categories, ids: taken(categories.ids, rest.nodes) } } : {}),
        ...(numbers ? { numbers: { ...numbers, values: taken(numbers.values, rest.nodes) } } : {}),
        ...(labels ? { labels: { ...labels, values: taken(labels.values, rest.nodes) } } : {}),
      }
    },
  },
  'image->label': {
    items: (images: Images) => images.count,
    move: (images: Images, _order, taken): Images => ({
      ...images,
      names: undefined,
      splits: undefined,
      pixels: taken(images.pixels, images.count),
      ...(images.labels ? { labels: { ...images.labels, values: taken(images.labels.values, images.count) } } : {}),
    }),
  },
  'image->concepts->label': {
    items: (images: ConceptImages) => images.count,
    move: (images: ConceptImages, order, taken): ConceptImages => ({
      ...(reordered['image->label']!.move(images as never, order, taken) as ConceptImages),
      regions: undefined,
      concepts: { ...images.concepts!, values: taken(images.concepts!.values, images.count) },
    }),
  },
  tensor: {
    items: ({ coordinates, modes }: TensorEntries) => coordinates.length / modes.length,
    move: ({ modes, coordinates, values }: TensorEntries, order, taken): TensorEntries => ({
      modes,
      coordinates: taken(coordinates, order.length),
      ...(values ? { values: { ...values, data: taken(values.data, order.length) } } : {}),
    }),
  },
  'sequence->future': {
    items: (tracks: Trajectories) => tracks.scenes,
    move: (tracks: Trajectories, _order, taken): Trajectories => ({
      ...tracks,
      splits: undefined,
      positions: taken(tracks.positions, tracks.scenes),
      ...(tracks.seen ? { seen: taken(tracks.seen, tracks.scenes) } : {}),
      ...(tracks.kinds ? { kinds: taken(tracks.kinds, tracks.scenes) } : {}),
    }),
  },
}

/** The same items in another order, the new i-th being the old `order[i]`-th; undefined for tasks without items. */
export function reorder(
  task: string,
  data: unknown,
  permutation: (items: number) => Int32Array,
): { order: Int32Array; moved: unknown } | undefined {
  const known = reordered[task]
  if (!known) return undefined
  const order = permutation(known.items(data as never))
  const taken: Taken = (values, items) => {
    const width = values.length / items
    return values.map((_, i) => values[order[Math.floor(i / width)]! * width + (i % width)]!) as typeof values
  }
  return { order, moved: known.move(data as never, order, taken) }
}
