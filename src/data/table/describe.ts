import { resolveInput, type Recipe } from '../datasets/resolve.ts'
import { misfitsOf, misfitWarnings } from './misfits.ts'
import { openTable, type OpenOptions, type TableInput } from './open.ts'
import { planFields, type PlannedField, type PlanOptions } from './plan.ts'
import type { InputFile, Warning } from './readers/source.ts'
import type { Scaling } from './scale.ts'
import { parseTarget, type TargetSource } from './targets.ts'

export interface DescribeOptions extends OpenOptions, PlanOptions {
  /** Default: the recipe's; none where there is no recipe. */
  target?: string[]
}

/** `scaling` is how a number becomes an input. */
export interface DescribedField extends PlannedField {
  scaling?: Scaling
}

/** A table as `fit` would read it, before any row is set apart. */
export interface TableDescription {
  name: string
  rows: number
  fields: DescribedField[]
  /** What is predicted, where that is known. */
  targets: { name: string; expression: string | null }[]
  inputs: InputFile[]
  warnings: Warning[]
  recipe?: Recipe
  notes: string[]
}

/**
 * The schema of an input: types, roles and reasons, without vocabularies or a split.
 * @throws InterplayError as `openTable`; `data/unknown-field`, `data/type`, `option/invalid`
 */
export async function describeTable(input: TableInput, options: DescribeOptions = {}): Promise<TableDescription> {
  const { name, input: found, recipe, notes } = resolveInput(input)
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const settings: DescribeOptions = { ...recipe?.options, ...given }
  await using table = await openTable(found, settings)
  const targets: TargetSource[] = []
  for (const text of settings.target ?? [])
    targets.push(await parseTarget(table.database, table.name, table.schema, text))
  const reserved = new Map(
    targets.flatMap(target =>
      target.reads.map(field => [field, target.derived ? `read by target ${target.name}` : 'target'] as const),
    ),
  )
  const plan = planFields(table.name, table.schema, reserved, settings)
  const { fields, inputs } = plan
  const misfits = await misfitsOf(table.database, table.relation, plan, settings.types)
  return {
    name,
    rows: table.rows,
    fields: fields.map(field => {
      const input = inputs.find(input => input.name === field.name)
      const unread = misfits.find(({ field: name }) => name === field.name)?.rows ?? 0
      const planned = constant(because({ ...field, missing: field.missing + unread }, recipe))
      return input?.kind === 'numeric' ? { ...planned, scaling: input.scaling } : planned
    }),
    targets: targets.map(target => ({
      name: target.name,
      expression: target.derived ? target.expression.slice(1, -1) : null,
    })),
    inputs: table.inputs,
    warnings: [...table.warnings, ...misfitWarnings(misfits)],
    recipe,
    notes,
  }
}

/** A field of one value, or none, tells nothing apart: the fit would leave it out. */
function constant(field: PlannedField): PlannedField {
  if (field.role !== 'input' || field.distinct > 1) return field
  return { ...field, role: 'ignored', reason: field.distinct === 0 ? 'no value in any row' : 'constant' }
}

function because(field: PlannedField, recipe: Recipe | undefined): PlannedField {
  return recipe?.because !== undefined && recipe.options.ignore?.includes(field.name)
    ? { ...field, reason: recipe.because }
    : field
}
