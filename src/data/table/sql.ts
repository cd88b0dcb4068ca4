/** A quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A quoted SQL text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A double precision literal that reads back bit for bit (a bare `1.5` would be a DECIMAL). */
export function double(value: number): string {
  return `'${value}'::DOUBLE`
}
