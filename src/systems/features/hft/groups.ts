/** Rows that correlations are measured on, the last of the recent ones. */
const mostRows = 500
/** Groups whose features correlate less than this, on average, stay apart. */
const alike = 0.8

/** Features that go together: clusters by |correlation|, average linkage, cut at 0.8. */
export function featureGroups(rows: Float32Array, features: number, count: number): number[][] {
  const similarity = correlations(rows, features, Math.min(count, mostRows))
  const groups = Array.from({ length: features }, (_, j) => [j])
  for (;;) {
    let [best, from, to] = [alike, -1, -1]
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const value = similarity[a * features + b]!
        if (value > best) [best, from, to] = [value, a, b]
      }
    }
    if (from < 0) return groups
    const [a, b] = [groups[from]!.length, groups[to]!.length]
    for (let k = 0; k < groups.length; k++) {
      const merged = (a * similarity[from * features + k]! + b * similarity[to * features + k]!) / (a + b)
      similarity[from * features + k] = similarity[k * features + from] = merged
    }
    groups[from]!.push(...groups[to]!)
    removeAt(similarity, features, groups.length, to)
    groups.splice(to, 1)
  }
}

/** Takes the row and the column of one group out. */
function removeAt(similarity: Float64Array, features: number, size: number, gone: number): void {
  for (let a = 0; a < size; a++) {
    for (let b = gone; b < size - 1; b++) similarity[a * features + b] = similarity[a * features + b + 1]!
  }
  for (let a = gone; a < size - 1; a++) {
    for (let b = 0; b < size - 1; b++) similarity[a * features + b] = similarity[(a + 1) * features + b]!
  }
}

/** |correlation| of each two features: [features, features]; 0 where one has not varied. */
function correlations(rows: Float32Array, features: number, count: number): Float64Array {
  const mean = new Float64Array(features)
  for (let i = 0; i < count; i++) for (let j = 0; j < features; j++) mean[j]! += rows[i * features + j]! / count
  const products = new Float64Array(features * features)
  const row = new Float64Array(features)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < features; j++) row[j] = rows[i * features + j]! - mean[j]!
    for (let a = 0; a < features; a++) {
      for (let b = a; b < features; b++) products[a * features + b]! += row[a]! * row[b]!
    }
  }
  const result = new Float64Array(features * features)
  for (let a = 0; a < features; a++) {
    for (let b = a + 1; b < features; b++) {
      const scale = Math.sqrt(products[a * features + a]! * products[b * features + b]!)
      const value = scale > 0 ? Math.abs(products[a * features + b]!) / scale : 0
      result[a * features + b] = result[b * features + a] = value
    }
  }
  return result
}
