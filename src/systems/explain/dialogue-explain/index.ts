import { z } from 'zod'
import type { Columns, Predictor } from '../../../lenses/index.ts'
import { defineSystem, tasks } from '../../../system/index.ts'
import { Conversation, refusalOf } from './conversation.ts'
import { plantedSubject } from './planted.ts'
import { study } from './study.ts'
import type { TalkSubject } from './subject.ts'

export const dialogueExplain = defineSystem({
  name: 'dialogue-explain',
  family: 'explain',
  summary: 'a conversation about a model and its data: every answer computed, with its uncertainty and its evidence',
  paper: {
    title: 'Rethinking Explainability as a Dialogue: A Practitioner’s Perspective',
    venue: 'arXiv',
    year: 2022,
  },
  task: tasks.predictor,
  options: z.object({
    question: z.string().min(1).default('which features matter?').describe('asked in words, or in the query language'),
    budget: z.number().int().min(1).default(40_000).describe('predictions that one explanation may spend'),
  }),
  example: () => {
    const { predictor, rows } = plantedSubject({ rows: 120 })
    return Promise.resolve({ data: rows, subject: predictor })
  },
  async explain(predictor, rows, { question, budget }, { seed, signal }) {
    const reply = await new Conversation(subjectOf(predictor, rows), { seed, budget, signal }).ask(question)
    const refused = refusalOf(reply)
    if (refused) throw refused
    const answers = reply.kind === 'answers' ? reply.answers : []
    return {
      results: answers.flatMap(({ values, query }) =>
        values.flatMap(({ name, value, low, high, reason }) =>
          value === null
            ? []
            : [
                {
                  set: name.split(' × '),
                  index: query.operation,
                  value,
                  ...(low === null || high === null ? { reason } : { low, high }),
                },
              ],
        ),
      ),
      complete: true,
      figures: answers.flatMap(({ charts = [] }) =>
        charts.map(({ title, description, spec }) => ({ title, description, spec })),
      ),
      notes: answers.flatMap(({ sentences, evidence }) => [...sentences, evidence.method, ...evidence.notes]),
    }
  },
  study,
})

/** A predictor and rows without names for anything but fields and values. */
function subjectOf(predictor: Predictor, rows: Columns): TalkSubject {
  const count = rows[0]?.length ?? 0
  const { kind, names } = predictor.output
  const [name = 'answer'] = names
  const target =
    kind === 'value'
      ? { name, kind: 'regression' as const, classes: [] }
      : { name, kind: 'binary' as const, classes: ['no', 'yes'] }
  return {
    name: predictor.name,
    vocabulary: { name: 'rows', fields: predictor.fields, ...(names.length === 1 ? { target } : {}) },
    predictor,
    output: 0,
    units: kind === 'logit' ? 'log-odds' : kind === 'probability' ? 'probability' : 'units of the answer',
    rows,
    rowName: 'row',
    rowNumbers: Int32Array.from({ length: count }, (_, r) => r + 1),
    row: number => (number <= count ? { cells: Float64Array.from(rows, column => column[number - 1]!) } : undefined),
  }
}
