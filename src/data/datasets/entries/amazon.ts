import type { Dataset } from '../dataset.ts'

/**
 * Each use is a positive row with the items used before it; beside it stands an item of the same user and history that
 * the user never used. A user's last use is for the test, the one before for validation.
 */
export const amazonGames: Dataset = {
  name: 'amazon-games-sequences',
  title: 'Which video game a user reviews next, after which others',
  rows: 512_162,
  licence: 'research',
  terms: 'research use; no redistribution',
  home: 'the Amazon review data page of J. McAuley; as Video.txt in pmixer/SASRec.pytorch',
  citation: 'W. Kang, J. McAuley. Self-attentive sequential recommendation. ICDM 2018',
  folder: 'amazon-games-sequences',
  files: [{ name: 'Video.txt.gz', sha256: 'b7376fe24430743f411dc7f567285657b2adb3f74361cc7ba0aee94f3024b651' }],
  table: {
    query: path => `
      WITH lines AS (
        SELECT user, item, row_number() OVER () AS line FROM read_csv(${path('Video.txt.gz')}, auto_detect = false,
          header = false, delim = ' ', columns = {user: 'INTEGER', item: 'INTEGER'})),
      uses AS (
        SELECT user, item, line, row_number() OVER (PARTITION BY user ORDER BY line) AS place,
          count(*) OVER (PARTITION BY user) AS uses,
          list(item) OVER (PARTITION BY user ORDER BY line ROWS BETWEEN 50 PRECEDING AND 1 PRECEDING) AS history
        FROM lines),
      drawn AS (
        SELECT user, line, 1 + md5_number_lower(line::VARCHAR) % (SELECT max(item) FROM lines) AS item FROM lines),
      pairs AS (
        SELECT user, item, line, 1 AS used FROM lines UNION ALL
        SELECT user, item, line, 0 FROM drawn ANTI JOIN lines USING (user, item))
      SELECT pairs.user AS user, pairs.item AS item, history, used,
        CASE uses - place WHEN 0 THEN 'test' WHEN 1 THEN 'valid' ELSE 'train' END AS split
      FROM pairs JOIN uses USING (line) WHERE place > 1 ORDER BY line, used DESC`,
  },
  recipe: {
    options: {
      target: ['used'],
      split: 'given:split',
      types: { user: 'categorical', item: 'categorical', history: 'sequence' },
      vocabulary: { history: 'item' },
    },
  },
  note: 'negatives drawn by a hash of the row',
}
