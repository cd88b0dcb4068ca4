import type { PrepareOptions } from '../table/prepare.ts'

/**
 * Whether the licence lets Interplay ship the rows: `shipped` with the package, `open` with attribution, `share-alike`
 * under the same terms and not commercially, `research` never: each user gets them from their home.
 */
export type LicenceClass = 'shipped' | 'open' | 'share-alike' | 'research'

export interface DatasetFile {
  /** Within the dataset's folder; one that ends in .gz may also lie there uncompressed. */
  name: string
  /** Of the content, uncompressed. */
  sha256: string
  /** Where this very file may be fetched from; left out where its terms leave that to the user. */
  url?: string
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
  | 'vocabulary'
>

/** How a known dataset is read when the user says nothing else. */
export interface Recipe {
  options: RecipeOptions
  /** Why fields are ignored. */
  because?: string
}

/** SQL text of the path of one of the dataset's files. */
export type PathOf = (file: string) => string

export interface Dataset {
  name: string
  title: string
  rows: number
  licence: LicenceClass
  terms: string
  /** Where anyone gets it. */
  home: string
  citation?: string
  /** Folder below `INTERPLAY_DATA`. */
  folder: string
  /** Whether the `vega-datasets` package holds the files, beside that folder. */
  packed?: boolean
  files: DatasetFile[]
  /** The table's file, the files of its splits, or SQL that makes the table of the files. */
  table: string | { train: string; valid?: string; test?: string } | { query: (path: PathOf) => string }
  recipe?: Recipe
  /** Said with every result, whenever the stored substitute of an original file is used. */
  note?: string
}
