/** A value as it was given, and the words that name its place: `--target clickd`, `interplay.config.yaml line 3`. */
export interface Given {
  value: unknown
  /** Kept beside the setting: shown by `--dry-run`, written to `run.json`. */
  origin: string
  /** Where an error points to. */
  where: string
}

/** One place settings come from. */
export interface Source {
  /** The value given for a flag, by its camelCase key. */
  find(key: string): Given | undefined
}
