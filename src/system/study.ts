import type { Device } from '../engine/index.ts'
import type { Checkpoint } from './verbs.ts'

/** One sentence about a system, with the value that was expected before it was first measured. */
export interface ClaimStatement {
  claim: string
  expected: string
  /** Of the claim that the system's page quotes: whose code its numbers were compared with. */
  parityWith?: string
}

/** A settled claim as it stands in `studies/<name>.json`; `holds` is null when it was not run, and `note` says why. */
export interface Claim extends ClaimStatement {
  measured: string | number | null
  holds: boolean | null
  seeds?: readonly number[]
  note?: string
}

export interface StudyTable {
  columns: readonly string[]
  rows: readonly (readonly (string | number | null)[])[]
}

/** A Vega-Lite figure: its title states the finding. */
export interface Figure {
  title: string
  description: string
  spec: Record<string, unknown>
}

export interface Settlement {
  measured: string | number
  holds: boolean
  seeds?: readonly number[]
  note?: string
}

/** What a running study may use. Claims are written as they are settled, so that an interrupted study goes on from there. */
export interface StudyContext<Name extends string = string> {
  /** `full` is the honest experiment; `small` shows in seconds that it runs. */
  readonly size: 'full' | 'small'
  readonly seeds: readonly number[]
  readonly threads: number
  /** Where the tensors of an `accelerated` system are computed; the processor unless said. */
  readonly device?: Device
  readonly signal?: AbortSignal
  /** Whether a claim still needs its experiment: false when an earlier, interrupted run settled it. */
  open(...names: Name[]): boolean
  settle(name: Name, settlement: Settlement): void
  /**
   * Shows a table and figures of the study. They are written with the claims, so a block shows them before it settles its
   * own; what an interrupted run of the same commit showed stays where its block is not run again. A later table takes the
   * place of the one before, and later figures that of those before.
   */
  show(result: StudyResult): void
  /** What is shown so far, by an interrupted run of the same commit too: what several blocks make together grows from it. */
  shown(): StudyResult
  /**
   * Bytes that take long to make, a trained network for example: where an interrupted run of the same commit goes on, those
   * that it had made, and what it had kept of one half made. The name says all that they depend on beside the code, the seed first.
   */
  stage(name: string, make: (checkpoint?: Checkpoint) => Promise<Uint8Array>): Promise<Uint8Array>
  /** Leaves a claim unsettled, with the reason: data that is absent, a peer that is not installed. */
  skip(name: Name, reason: string): void
  progress(message: string): void
  /** Folder of a dataset that is not shipped, undefined where it is absent. */
  dataset(name: string): string | undefined
}

/** What a study shows beside its claims. */
export interface StudyResult {
  table?: StudyTable
  figures?: readonly Figure[]
}

export interface Study<Name extends string = string> {
  readonly claims: Readonly<Record<Name, ClaimStatement>>
  run(context: StudyContext<Name>): Promise<void>
}

/** Declares a study; the claims' names are checked where they are settled. */
export const defineStudy = <Name extends string>(study: Study<Name>): Study => study as Study
