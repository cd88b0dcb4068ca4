import { InterplayError } from '../../errors/index.ts'

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

/** Runs SQL that holds a user's expression. @throws InterplayError `data/query` */
export async function runUserSql<Result>(query: () => Promise<Result>): Promise<Result> {
  try {
    return await query()
  } catch (error) {
    if (
      error instanceof InterplayError ||
      !(error instanceof Error) ||
      !/^(Binder|Parser|Conversion|Catalog|Invalid Input) Error/.test(error.message)
    )
      throw error
    throw new InterplayError('data/query', 'the SQL of --where or --target does not run', {
      why: error.message.split('\n', 1)[0],
      cause: error,
    })
  }
}
