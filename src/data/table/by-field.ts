/** What a mapping says of a field: nothing of `constructor`, unless it names it. */
export function ofField<Value>(values: Readonly<Record<string, Value>> | undefined, field: string): Value | undefined {
  return values !== undefined && Object.hasOwn(values, field) ? values[field] : undefined
}
