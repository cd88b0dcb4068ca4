import type { Dataset } from '../dataset.ts'

/** The rows and features of ProPublica's own analysis. */
export const compas: Dataset = {
  name: 'compas',
  title: 'Re-arrest within two years of defendants in Broward County',
  rows: 6_172,
  licence: 'research',
  terms: 'no explicit licence; published by ProPublica from public records. Draw no conclusion about persons',
  home: 'github propublica/compas-analysis, compas-scores-two-years.csv',
  citation: 'J. Angwin, J. Larson, S. Mattu, L. Kirchner. Machine Bias. ProPublica, 2016',
  folder: 'compas',
  files: [
    {
      name: 'compas-two-years.deidentified.csv.gz',
      sha256: 'a5e5c34bfd2d1f065bb12a44c0323421baf74b98b97d585915a0c2e1513ecaba',
    },
  ],
  table: {
    query: path => `
      SELECT age, sex, race, juv_fel_count, juv_misd_count, juv_other_count, priors_count, c_charge_degree, c_charge_desc, two_year_recid
      FROM read_csv(${path('compas-two-years.deidentified.csv.gz')}, header = true, all_varchar = true)
      WHERE CAST(days_b_screening_arrest AS INTEGER) BETWEEN -30 AND 30 AND is_recid <> '-1' AND c_charge_degree <> 'O' AND score_text <> 'N/A'
      ORDER BY CAST(id AS INTEGER)`,
  },
  recipe: { options: { target: ['two_year_recid'] } },
}
