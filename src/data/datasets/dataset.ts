import type { PrepareOptions } from '../table/prepare.ts'

/**
 * Whether the licence lets Interplay ship the rows: `shipped` with the package, `open` with attribution, `share-alike`
 * under the same terms and not commercially, `research` never: each user gets them from their home.
 */
export type LicenceClass = 'shipped' | 'open' | 'share-alike' | 'research'

export interface DatasetFile {
  /** Within the dataset's folder. */
  name: string
  /** Of the file as stored here. */
  sha256: string
  /** Of the same rows as their home publishes them, where that differs. */
  md5?: string
  /** Used in place of this one where it is present and its checksum holds. */
  original?: { name: string; md5: string }
}

export type RecipeOptions = Pick<
  PrepareOptions,
  | 'target'
  | 'ignore'
  | 'types'
  | 'roles'
  | 'where'
  | 'split'
  | 'validShare'
  | 'minCount'
  | 'numericScaling'
  | 'reader'
  | 'maxSequenceLength'
>

/** How a known dataset is read when the user says nothing else. */
export interface Recipe {
  options: RecipeOptions
  /** Why fields are ignored. */
  because?: string
}

export interface Dataset {
  name: string
  title: string
  rows: number
  licence: LicenceClass
  terms: string
  /** Where anyone gets it. */
  home: string
  citation?: string
  /** Folder below `INTERPLAY_DATA`; undefined for files of the `vega-datasets` package. */
  folder?: string
  files: DatasetFile[]
  /** The table's file, or the files of its splits. */
  table: string | { train: string; valid?: string; test?: string }
  recipe?: Recipe
  /** Said with every result, whenever the stored substitute of an original file is used. */
  note?: string
}
