import { z } from 'zod'

export const operators = ['=', '!=', '<', '<=', '>', '>='] as const
export type Operator = (typeof operators)[number]

/** Which rows. A field is compared with a value of its own, in its own unit. */
export type Filter =
  | { kind: 'compare'; field: string; operator: Operator; value: string | number }
  | { kind: 'row'; row: number }
  | { kind: 'predicted' | 'actual'; class: string }
  | { kind: 'wrong' | 'right' }
  | { kind: 'all' | 'any'; of: Filter[] }
  | { kind: 'not'; of: Filter }

const text = z.string().min(1)
const rowNumber = z.number().int().min(1).describe('of its source, from 1')

export const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  z.union([
    z.strictObject({
      kind: z.literal('compare'),
      field: text,
      operator: z.enum(operators),
      value: z.union([z.string(), z.number()]),
    }),
    z.strictObject({ kind: z.literal('row'), row: rowNumber }),
    z.strictObject({ kind: z.enum(['predicted', 'actual']), class: text }),
    z.strictObject({ kind: z.enum(['wrong', 'right']) }),
    z.strictObject({ kind: z.enum(['all', 'any']), of: z.array(filterSchema).min(2) }),
    z.strictObject({ kind: z.literal('not'), of: filterSchema }),
  ]),
)

const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set'), field: text, value: z.union([z.string(), z.number()]) }),
  z.strictObject({
    kind: z.enum(['raise', 'lower']),
    field: text,
    by: z.number().positive(),
    percent: z.boolean().optional().describe('of its value, not in its unit'),
  }),
])
/** What a what-if makes of a copy of the rows. */
export type Change = z.infer<typeof changeSchema>

export const metrics = ['accuracy', 'auc', 'log loss', 'precision', 'recall', 'specificity', 'f1'] as const
export type Metric = (typeof metrics)[number]
export const figures = ['mean', 'median', 'min', 'max', 'sd', 'values'] as const
export type FigureName = (typeof figures)[number]
export const orders = ['error', 'highest', 'lowest', 'doubt'] as const

const where = filterSchema.optional().describe('the rows asked about; all where it is left out')
const against = filterSchema.optional().describe('a second group of rows, put beside the first')
const top = z.number().int().min(1).optional().describe('how many are wanted')

const operation = <Name extends string, Shape extends z.ZodRawShape>(name: Name, describe: string, shape: Shape) =>
  z.strictObject({ operation: z.literal(name), ...shape }).describe(describe)

/** The query language: everything that can be asked, and everything that is ever computed. */
export const querySchema = z.discriminatedUnion('operation', [
  operation('why', 'what each field adds to the answer of a row, or of the mean row of a group', {
    top,
    where,
    against,
  }),
  operation('flip', 'the smallest changes of one row that turn its answer', {
    keeping: z.array(text).min(1).optional().describe('fields that may not change'),
    top,
    where,
  }),
  operation('whatif', 'the answers after changes of a copy of the rows', {
    changes: z.array(changeSchema).min(1),
    where,
  }),
  operation('predict', 'the answer of a row, mean and spread of a group', { where, against }),
  operation('similar', 'the rows nearest to one', { top, where }),
  operation('certainty', 'how far the answer of a row, or the probabilities of a group, can be relied on', { where }),
  operation('importance', 'how much the answers move when a field is replaced', {
    field: text.optional(),
    top,
    where,
    against,
  }),
  operation('interactions', 'how much fields do together beyond what each does alone', {
    fields: z.array(text).min(1).max(2).optional(),
    top,
    where,
  }),
  operation('effect', 'the answer along the values of a field', { field: text, where }),
  operation('lens', 'what a lens of `explain` shows: of all rows, of a group, or of one row', {
    name: text,
    of: z.array(text).min(1).optional().describe('the fields that it is told: environments, modalities'),
    top,
    where,
  }),
  operation('failures', 'the groups in which the model is wrong more often than elsewhere', {
    by: text.optional(),
    top,
    where,
  }),
  operation('score', 'a measure of how good the answers are', { metric: z.enum(metrics).optional(), where, against }),
  operation('count', 'how many rows', { where, against }),
  operation('statistic', 'a figure of a field', { figure: z.enum(figures), field: text, where, against }),
  operation('actual', 'what the target was', { where, against }),
  operation('show', 'the rows themselves', { top, by: z.enum(orders).optional(), where }),
  operation('describe', 'the model, the data, or a field', {
    of: z.union([z.enum(['model', 'data']), z.strictObject({ field: text })]),
  }),
  operation('evidence', 'how the last answer was computed', {}),
  operation('undo', 'takes the last question back', {}),
  operation('pin', 'keeps the last answer', {}),
  operation('help', 'what can be asked', {}),
])

export type Query = z.infer<typeof querySchema>
export type OperationName = Query['operation']
export type QueryOf<Name extends OperationName> = Extract<Query, { operation: Name }>

/** Several questions in one. */
export type Program = readonly Query[]

export const operationNames = querySchema.options.map(option => option.shape.operation.value)

/** The filter of a query, undefined where it has none. */
export const whereOf = (query: Query): Filter | undefined => ('where' in query ? query.where : undefined)

/** Whether queries of this operation take a clause. */
export const takes = (name: OperationName, clause: 'where' | 'against' | 'top'): boolean =>
  clause in querySchema.options.find(option => option.shape.operation.value === name)!.shape
