/** How a table is prepared unless its recipe or the user says otherwise. */
export const prepareDefaults = {
  seed: 1,
  minCount: 2 as number | Record<string, number>,
  maxValues: 500_000,
  maxSequenceLength: 50,
}
