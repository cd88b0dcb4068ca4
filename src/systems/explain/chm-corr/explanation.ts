import { formatNumber, formatQuantity, patchLinks, type ChartSpec, type LinkedPicture } from '../../../charts/index.ts'
import type { Images } from '../../../data/index.ts'
import type { CorrClassifier, Look } from './classifier.ts'

/** Pairs that are drawn: as many as there are colours to tell apart. */
const drawn = 4
/** Voters that are drawn beside the query. */
const beside = 2
const letters = ['a', 'b', 'c', 'd']

/** An image beside the first that voted for its label, with boxes around the patches that correspond. */
export function evidenceFigure(
  images: Images,
  query: number,
  support: Int32Array,
  look: Look,
  classifier: CorrClassifier,
): ChartSpec {
  const { rows, columns } = look
  const { classes, names } = classifier.support
  const { label, votes, of, evidence } = classifier.answer(look)
  const shown = evidence.slice(0, beside)
  const pairs = shown[0]?.pairs.slice(0, drawn) ?? []
  const box = (cell: number, k: number) => ({
    name: letters[k]!,
    row: Math.floor(cell / columns),
    column: cell % columns,
  })
  const targets = (item: number) => {
    const { correspondence } = look.candidates.find(candidate => candidate.item === item)!
    return pairs.map(({ from }, k) => box(correspondence.target[from]!, k))
  }
  const pictures: LinkedPicture[] = [
    { title: `image ${query + 1}`, ...grey(images, query), boxes: pairs.map(({ from }, k) => box(from, k)) },
    ...shown.map(({ item }) => ({ title: names[item]!, ...grey(images, support[item]!), boxes: targets(item) })),
  ]
  const told = shown.flatMap(({ item }) => {
    const { similarities, correspondence } = look.candidates.find(candidate => candidate.item === item)!
    return pairs.map(({ from }, k) => {
      const to = correspondence.target[from]!
      return [letters[k]!, names[item]!, cellName(from, columns), cellName(to, columns), similarities[from]!]
    })
  })
  return patchLinks({
    title: `Image ${query + 1} is ${classes[label]} by ${formatQuantity(votes, 'vote')} of ${of}: its strongest patches and theirs`,
    cells: { rows, columns },
    pictures,
    table: {
      columns: [
        { title: 'patch', format: 'text' },
        { title: 'with', format: 'text' },
        { title: 'row, column', format: 'text' },
        { title: 'lies on', format: 'text' },
        { title: 'cosine', format: 'number' },
      ],
      rows: told,
    },
    units: 'cosine',
    sampleSize: formatQuantity(look.candidates.length, 'compared image'),
    note:
      pairs.length > 0
        ? `Cosines with ${names[shown[0]!.item]}: ${pairs.map(({ similarity }) => formatNumber(similarity)).join(', ')}.`
        : undefined,
  })
}

const cellName = (cell: number, columns: number): string => `${Math.floor(cell / columns) + 1}, ${(cell % columns) + 1}`

/** Mean over channels, in [0, 1]. */
function grey({ channels, height, width, pixels }: Images, image: number): Omit<LinkedPicture, 'title' | 'boxes'> {
  const area = height * width
  const whole = pixels instanceof Uint8Array ? 255 : 1
  const own = pixels.subarray(image * channels * area, (image + 1) * channels * area)
  const brightness = Float32Array.from({ length: area }, (_, at) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += own[channel * area + at]!
    return sum / channels / whole
  })
  return { rows: height, columns: width, brightness }
}
