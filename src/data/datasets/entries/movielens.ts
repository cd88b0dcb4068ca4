import type { Dataset, PathOf } from '../dataset.ts'

const citation = 'F. M. Harper, J. Konstan. The MovieLens Datasets: History and Context. ACM TiiS, 2015'
const research = 'any research use with acknowledgement; no redistribution, no commercial use without permission'

/** SQL of the films a user rated before, at most 20, in order of time. */
const history = `list(item) OVER (PARTITION BY user ORDER BY time, item ROWS BETWEEN 20 PRECEDING AND 1 PRECEDING)`

/** SQL of one side of the pairs of films and users: ids of one-hot fields joined by '-'. */
const pairs = (path: string) => `
  SELECT split_part(u, '-', 1)::INTEGER AS user, split_part(u, '-', 2) AS gender, split_part(u, '-', 3) AS age,
    split_part(u, '-', 4) AS occupation, split_part(i, '-', 1)::INTEGER AS film, split_part(i, '-', 2) AS genres
  FROM read_csv(${path}, auto_detect = false, header = false, delim = ',', columns = {u: 'VARCHAR', i: 'VARCHAR'})`

/** Each pair is a positive row; beside it stands a film drawn for the same user that the user never rated. */
const implicit = (path: PathOf) => `
  WITH seen AS (
    SELECT *, CASE WHEN md5_number_lower(user || ' ' || film) % 10 = 0 THEN 'valid' ELSE 'train' END AS split
    FROM (${pairs(path('train.csv.gz'))})
    UNION ALL SELECT *, 'test' FROM (${pairs(path('test.csv.gz'))})),
  films AS (
    SELECT film, genres, row_number() OVER (ORDER BY film) - 1 AS place FROM (SELECT DISTINCT film, genres FROM seen)),
  drawn AS (
    SELECT user, gender, age, occupation, films.film AS film, films.genres AS genres, split, seen.film AS beside
    FROM seen JOIN films ON films.place = md5_number_lower('draw ' || user || ' ' || seen.film) % (SELECT count(*) FROM films))
  SELECT * EXCLUDE (beside) FROM (
    SELECT *, film AS beside, 1 AS liked FROM seen UNION ALL
    SELECT *, 0 FROM drawn ANTI JOIN seen USING (user, film))
  ORDER BY user, beside, liked DESC, film`

/** Ratings of films with histories, and pairs without ratings. */
export const movielens: Dataset[] = [
  {
    name: 'movielens-100k',
    title: 'Ratings of films with user, film and what was rated before: 4 or 5 stars?',
    rows: 100_000,
    licence: 'research',
    terms: research,
    home: 'the GroupLens MovieLens page, ml-100k',
    citation,
    folder: 'movielens-100k',
    files: [
      { name: 'u.data.gz', sha256: '06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490' },
      { name: 'ml-100k.user', sha256: '4f670007d9cfbeb9807e757209af1555b9bcc186bde25e767f67cb67c6dd5972' },
      { name: 'ml-100k.item', sha256: '51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532' },
    ],
    table: {
      query: path => `
        SELECT user, age, gender, occupation, item, year, genres, ${history} AS history, rating, time
        FROM read_csv(${path('u.data.gz')}, auto_detect = false, header = false, delim = '\\t',
          columns = {user: 'INTEGER', item: 'INTEGER', rating: 'INTEGER', time: 'BIGINT'}) AS ratings
        JOIN read_csv(${path('ml-100k.user')}, auto_detect = false, header = true, delim = '\\t',
          columns = {user: 'INTEGER', age: 'INTEGER', gender: 'VARCHAR', occupation: 'VARCHAR', zip: 'VARCHAR'}) AS users USING (user)
        JOIN (SELECT item, year, string_split(class, ' ') AS genres FROM read_csv(${path('ml-100k.item')}, auto_detect = false,
          header = true, delim = '\\t', quote = '', columns = {item: 'INTEGER', title: 'VARCHAR', year: 'VARCHAR', class: 'VARCHAR'})) USING (item)
        ORDER BY user, time, item`,
    },
    recipe: {
      options: {
        target: ['liked = rating >= 4'],
        split: 'time:time',
        types: { user: 'categorical', item: 'categorical', year: 'numeric', time: 'meta' },
      },
    },
  },
  {
    name: 'movielens-latest-small',
    title: 'Ratings of films with genres and what was rated before: 4 stars or more?',
    rows: 100_836,
    licence: 'share-alike',
    terms: 'any research use with acknowledgement; redistribution under the same terms, no commercial use',
    home: 'the GroupLens MovieLens page, ml-latest-small',
    citation,
    folder: 'movielens-latest-small',
    files: [
      { name: 'ratings.csv.gz', sha256: 'aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646' },
      { name: 'movies.csv.gz', sha256: '5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07' },
    ],
    table: {
      query: path => `
        SELECT user, item, genres, ${history} AS history, rating, time
        FROM read_csv(${path('ratings.csv.gz')}, auto_detect = false, header = true, delim = ',',
          columns = {user: 'INTEGER', item: 'INTEGER', rating: 'DOUBLE', time: 'BIGINT'}) AS ratings
        JOIN (SELECT item, string_split(genres, '|') AS genres FROM read_csv(${path('movies.csv.gz')}, auto_detect = false,
          header = true, delim = ',', quote = '"', escape = '"', columns = {item: 'INTEGER', title: 'VARCHAR', genres: 'VARCHAR'})) USING (item)
        ORDER BY user, time, item`,
    },
    recipe: {
      options: {
        target: ['liked = rating >= 4'],
        split: 'time:time',
        types: { user: 'categorical', item: 'categorical', time: 'meta' },
      },
    },
  },
  {
    name: 'movielens-1m-implicit',
    title: 'Which of two films a user rated, with user and film fields',
    rows: 1_907_904,
    licence: 'research',
    terms: research,
    home: 'the GroupLens MovieLens page, ml-1m; as pairs in chenchongthu/ENSFM',
    citation,
    folder: 'movielens-1m-implicit',
    files: [
      { name: 'train.csv.gz', sha256: '6a0801c23ba38fba49e676ca1fda90af69344eb88e5fe8d1978d90c4a7ef2e39' },
      { name: 'test.csv.gz', sha256: '20a99719622b990cc1735f7cc4f643c109a9df0042ecbaff74389c50b730e934' },
    ],
    table: { query: implicit },
    recipe: {
      options: {
        target: ['liked'],
        split: 'given:split',
        types: { user: 'categorical', film: 'categorical' },
      },
    },
    note: 'negatives drawn by a hash of the pair',
  },
]
