import { defineStudy } from '../../../system/index.ts'

export const study = defineStudy({
  claims: {
    first: {
      claim: 'questions of the written set read right by the first grammar, committed after the set',
      expected: '>= 55%',
    },
    nearest: { claim: 'read right by the nearest of the filled templates, the baseline', expected: '< 25%' },
    reading: {
      claim: 'read right by the grammar of today, the test half, of which two questions were seen since the first run',
      expected: '>= 55%',
    },
    compositional: { claim: 'read right where the query joins conditions, groups or questions', expected: '>= 25%' },
    followUps: { claim: 'follow-ups resolved to the query expected', expected: '>= 90%, as 18 of 20' },
    unanswerable: {
      claim: 'questions without an answer that get a question back or a refusal',
      expected: '>= 80%, never a guess',
    },
    valid: { claim: 'readings of scrambled questions that are queries of the table, or none', expected: 'all' },
    printing: { claim: 'drawn queries that read back the same from their text', expected: 'all' },
    truth: {
      claim: 'drawn counts, means, accuracies and what-ifs equal to plain loops over the rows',
      expected: 'all of 200',
    },
    interaction: { claim: 'on y = x1 x2 + x3 the flatness of x1, x2 over that of the next pair', expected: '>= 10' },
    leak: { claim: 'a planted leak is named within four questions, by script', expected: 'it is, first' },
    faithful: {
      claim: 'replacing the fields an explanation names first moves the answer more than replacing others',
      expected: '>= 90% of rows',
    },
    pace: { claim: '95% of answers over 5,000 rows, and of explanations', expected: '< 1 s and < 5 s' },
    suites: {
      claim: 'programs of the three public suites of TalkToModel translated, read back and run, on their own tables',
      expected: 'all that can be expressed',
    },
    suitesReading: {
      claim: "questions of those suites read as their authors' program, by a grammar that never saw their tables",
      expected: 'above nearest neighbours there: 8.4%, 16.5%, 21.9%',
    },
  },
  run: async context => (await import('./experiment.ts')).run(context),
})
