import { InterplayError, suggest } from '../../../../errors/index.ts'
import { fieldNamed, lensNamed, type Vocabulary, type VocabularyField } from '../vocabulary.ts'
import type { Change, Filter, Program, Query, QueryOf } from './schema.ts'

/**
 * Checks a program against the table it is asked of: fields and values that are there, comparisons and changes that their
 * types have.
 *
 * @throws InterplayError `ask/unknown-field`, `ask/unknown-value`, `ask/unknown-lens`, `ask/type`
 */
export function checkProgram(program: Program, vocabulary: Vocabulary): Program {
  for (const query of program) new Check(vocabulary).query(query)
  return program
}

class Check {
  constructor(private readonly vocabulary: Vocabulary) {}

  query(query: Query): void {
    if ('where' in query && query.where) this.filter(query.where)
    if ('against' in query && query.against) this.filter(query.against)
    switch (query.operation) {
      case 'importance':
        return void (query.field && this.field(query.field))
      case 'interactions':
        return void query.fields?.forEach(name => this.field(name))
      case 'lens':
        return this.lens(query)
      case 'effect':
        return void this.field(query.field)
      case 'failures':
        return void (query.by && this.field(query.by))
      case 'flip':
        return void query.keeping?.forEach(name => this.field(name))
      case 'describe':
        return void (typeof query.of === 'object' && this.described(query.of.field))
      case 'statistic': {
        const { type, name } = this.field(query.field)
        if (type === 'categorical' && query.figure !== 'values')
          throw new InterplayError('ask/type', `'${name}' has values, not numbers: there is no ${query.figure} of it`, {
            try: `statistic values ${JSON.stringify(name)}`,
          })
        return
      }
      case 'whatif':
        return query.changes.forEach(change => this.change(change))
    }
  }

  private lens({ name, of = [] }: QueryOf<'lens'>): void {
    const { lenses = [] } = this.vocabulary
    const found = lensNamed(this.vocabulary, name)
    if (!found)
      throw new InterplayError('ask/unknown-lens', `there is no lens '${name}' here`, {
        why: nearest(
          name,
          lenses.map(lens => lens.alias ?? lens.name),
        ),
      })
    of.forEach(each => this.field(each))
    if (of.length === found.fields) return
    const wanted = Array.from({ length: found.fields }, (_, k) => `FIELD${k + 1}`).join(', ')
    throw new InterplayError('ask/type', `${name} is told ${found.fields} fields, got ${of.length}`, {
      try: `lens ${name}${found.fields > 0 ? ` of ${wanted}` : ''}`,
    })
  }

  private described(name: string): void {
    if (name !== this.vocabulary.target?.name) this.field(name)
  }

  private filter(filter: Filter): void {
    if (filter.kind === 'all' || filter.kind === 'any') return filter.of.forEach(part => this.filter(part))
    if (filter.kind === 'not') return this.filter(filter.of)
    if (filter.kind === 'predicted' || filter.kind === 'actual') return this.class(filter.class)
    if (filter.kind !== 'compare') return
    const field = this.field(filter.field)
    if (field.type === 'categorical' && !['=', '!='].includes(filter.operator))
      throw new InterplayError(
        'ask/type',
        `'${field.name}' has values without an order: '${filter.operator}' says nothing`,
        {
          try: `${JSON.stringify(field.name)} = ${JSON.stringify(field.values?.[0] ?? '')}`,
        },
      )
    this.value(field, filter.value)
  }

  private change(change: Change): void {
    const field = this.field(change.field)
    if (change.kind === 'set') return this.value(field, change.value)
    if (field.type === 'categorical')
      throw new InterplayError(
        'ask/type',
        `'${field.name}' has values, not numbers: there is nothing to ${change.kind}`,
        {
          try: `whatif set ${JSON.stringify(field.name)} = ${JSON.stringify(field.values?.[0] ?? '')}`,
        },
      )
  }

  private value({ name, type, values = [] }: VocabularyField, value: string | number): void {
    if (type === 'numeric') {
      if (typeof value === 'number') return
      throw new InterplayError('ask/type', `'${name}' is a number, '${value}' is none`)
    }
    if (values.includes(String(value))) return
    throw new InterplayError('ask/unknown-value', `'${name}' has no value '${value}'`, {
      why: nearest(String(value), values),
    })
  }

  private class(name: string): void {
    const classes = this.vocabulary.target?.classes ?? []
    if (classes.includes(name)) return
    throw new InterplayError('ask/unknown-value', `the target has no class '${name}'`, { why: nearest(name, classes) })
  }

  private field(name: string): VocabularyField {
    const found = fieldNamed(this.vocabulary, name)
    if (found) return found
    const names = this.vocabulary.fields.map(field => field.name)
    throw new InterplayError('ask/unknown-field', `${this.vocabulary.name} has no field '${name}'`, {
      why: nearest(name, names),
    })
  }
}

/** `nearest: a, b`, or the first that there are. */
function nearest(name: string, valid: readonly string[]): string {
  const near = suggest(name, valid)
  if (near.length > 0) return `nearest: ${near.join(', ')}`
  return `there are ${valid.slice(0, 8).join(', ')}${valid.length > 8 ? ` and ${valid.length - 8} more` : ''}`
}
