/** Softmaxed weights and the mask of a side's tokens. */
export interface PublishedSide {
  weights: Float64Array
  mask: Float64Array
}

/**
 * Interactions of one item as the released code computes them, for comparison with it and nothing else; over all coalitions.
 * The weights, softmaxed already, go through a softmax again, and those of a merged pair twice more; what is absent has cosine
 * 0 and takes part in the maxima; a softmax over no token is even.
 */
export function publishedInteractions(cells: Float64Array, text: PublishedSide, video: PublishedSide): Float64Array {
  const [words, frames] = [text.weights.length, video.weights.length]
  const found = new Float64Array(words * frames)
  const all = 2 ** (words + frames)
  for (let at = 0; at < found.length; at++) {
    const [i, j] = [Math.floor(at / frames), at % frames]
    let count = 0
    for (let set = 0; set < all; set++) {
      if ((set >>> i) & 1 || (set >>> (words + j)) & 1) continue
      const rows = text.mask.map((mask, r) => mask * ((set >>> r) & 1))
      const columns = video.mask.map((mask, c) => mask * ((set >>> (words + c)) & 1))
      const [withRow, withColumn] = [including(rows, i), including(columns, j)]
      const worth = (there: Float64Array, seen: Float64Array) =>
        similarity(present(cells, there, seen), softmaxOver(text.weights, there), softmaxOver(video.weights, seen))
      const pair = present(cells, rows, columns)
      pair[at] = cells[at]!
      const together = similarity(pair, mergedWeights(text.weights, rows, i), mergedWeights(video.weights, columns, j))
      found[at]! += together - worth(withRow, columns) - worth(rows, withColumn) + worth(rows, columns)
      count++
    }
    found[at]! /= count
  }
  return found
}

const including = (members: Float64Array, member: number) => members.map((there, k) => (k === member ? 1 : there))

const present = (cells: Float64Array, rows: Float64Array, columns: Float64Array) =>
  cells.map((cell, at) => cell * rows[Math.floor(at / columns.length)]! * columns[at % columns.length]!)

function mergedWeights(weights: Float64Array, members: Float64Array, own: number): Float64Array {
  const once = softmaxOver(weights, members)
  once[own] = weights[own]!
  return softmaxOver(once, including(members, own))
}

function softmaxOver(values: Float64Array, members: Float64Array): Float64Array {
  const powers = values.map((value, k) => (members[k] ? Math.exp(value) : 0))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map(power => (sum > 0 ? power / sum : 1 / values.length))
}

function similarity(cells: Float64Array, ofRows: Float64Array, ofColumns: Float64Array): number {
  const width = ofColumns.length
  const row = (r: number) => Math.max(...cells.subarray(r * width, (r + 1) * width))
  const column = (c: number) => Math.max(...cells.filter((_, at) => at % width === c))
  const found = ofRows.reduce((sum, weight, r) => sum + weight * row(r), 0)
  return (found + ofColumns.reduce((sum, weight, c) => sum + weight * column(c), 0)) / 2
}
