/** One input over the three splits: rows in each entry are [train, valid, test]. */
export interface FieldProfile {
  name: string
  missing: [number, number, number]
  /** Categories and list values: the most frequent, at most 20; `other` is the rest. */
  top?: { value: string; rows: [number, number, number] }[]
  other?: [number, number, number]
  /** Numbers and moments (seconds since 1970): 20 bins of equal width; `edges` has one more entry than `rows`. */
  histogram?: { edges: number[]; rows: [number, number, number][] }
}
