import type { Dataset, RecipeOptions } from '../dataset.ts'

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, k) => `${prefix}${k + 1}`)

/** Avazu's columns beside id and target: every one a code. */
const avazuCodes =
  'hour C1 banner_pos site_id site_domain site_category app_id app_domain app_category device_id device_ip device_model device_type device_conn_type C14 C15 C16 C17 C18 C19 C20 C21'

interface Sample {
  name: string
  title: string
  rows: number
  home: string
  terms: string
  files: Record<string, string>
  table: Dataset['table']
  options: RecipeOptions
}

const tianchi = 'Tianchi research terms'

const samples: Sample[] = [
  {
    name: 'criteo-sample',
    title: 'Clicks on display advertisements',
    rows: 200,
    home: 'Criteo Display Advertising Challenge',
    terms: 'CC BY-NC-SA 4.0',
    files: { 'criteo_sample.txt': '08b84f12a22438fb534e989a5e4fa245726b2bda001983556bc2aea2f094f724' },
    table: 'criteo_sample.txt',
    options: {
      target: ['label'],
      types: {
        ...Object.fromEntries(numbered('I', 13).map(field => [field, 'numeric'])),
        ...Object.fromEntries(numbered('C', 26).map(field => [field, 'categorical'])),
      },
      numericScaling: 'log-square',
      minCount: 1,
    },
  },
  {
    name: 'avazu-sample',
    title: 'Clicks on mobile advertisements',
    rows: 100,
    home: 'Kaggle, Avazu click-through rate prediction',
    terms: 'the terms of the competition',
    files: { 'avazu_sample.txt': '43daa44dde764bf2c0dacf80002a73da4441088a53d40a3629094d3a2b1592f3' },
    table: 'avazu_sample.txt',
    options: {
      target: ['click'],
      ignore: ['id'],
      types: Object.fromEntries(avazuCodes.split(' ').map(field => [field, 'categorical'])),
      minCount: 1,
    },
  },
  {
    name: 'census-income-sample',
    title: 'Census income of 1994 and 1995, wide and encoded',
    rows: 120,
    home: 'UCI Machine Learning Repository, data set 117 (census-income KDD)',
    terms: 'CC BY 4.0',
    files: {
      'census_income_train_sample.csv': '8fcee065beae2453c365fabb647d5e66d8ed4ab0a53f51741c6937e598b7a338',
      'census_income_val_sample.csv': '79357ec0a300de05cb94116c61c1beb0e1e18fa10f5d981b10567dc691b3175c',
      'census_income_test_sample.csv': 'ea9f29504ba9e6f6cf57b9db5e18556e305a3cde1bb02cbb2e7bab5f80f0a702',
    },
    table: {
      train: 'census_income_train_sample.csv',
      valid: 'census_income_val_sample.csv',
      test: 'census_income_test_sample.csv',
    },
    options: { target: ['income'] },
  },
  {
    name: 'ali-ccp-sample',
    title: 'Clicks and purchases after them, Taobao',
    rows: 200,
    home: 'Tianchi, Alibaba click and conversion prediction (Ali-CCP)',
    terms: tianchi,
    files: {
      'ali_ccp_train_sample.csv': '1c1d125bcdfca70c8f5ed24f6221acadab3e19b70e0b06b3eb3adb2af7a0f9b5',
      'ali_ccp_val_sample.csv': '1236e1504b76bf7ceb48dbe3d999ae8b49f61fcda2d684578320fd9fc7821104',
      'ali_ccp_test_sample.csv': '9764a9b8e53b25f85c00e08a89f65ecfadab100cb0834161bd7ef671b7702a09',
    },
    table: {
      train: 'ali_ccp_train_sample.csv',
      valid: 'ali_ccp_val_sample.csv',
      test: 'ali_ccp_test_sample.csv',
    },
    options: { target: ['click', 'purchase'], reader: { header: true } },
  },
  {
    name: 'aliexpress-sample',
    title: 'Clicks and purchases after them, AliExpress',
    rows: 120,
    home: 'Tianchi, AliExpress searching system',
    terms: tianchi,
    files: {
      'aliexpress_train_sample.csv': '9a602d2bd6012b23898437f60977135b65e75c3414bf19cac0d70408b12035ef',
      'aliexpress_test_sample.csv': 'c264673dc08e68d1c6153b48c9039a3ea4d3ff3106b071550db34e311e25d529',
    },
    table: { train: 'aliexpress_train_sample.csv', test: 'aliexpress_test_sample.csv' },
    options: { target: ['click', 'conversion'], ignore: ['search_id'] },
  },
  {
    name: 'movielens-sample',
    title: 'Ratings of films with user fields and genres: 4 or 5 stars?',
    rows: 200,
    home: 'the GroupLens MovieLens page, ml-1m',
    terms: 'research use with acknowledgement; no redistribution',
    files: { 'movielens_sample.txt': '68e7d5f05253e3e55065e33c6068a13079bce904036969a610eccccab042c25f' },
    table: 'movielens_sample.txt',
    options: {
      target: ['liked = rating >= 4'],
      ignore: ['timestamp', 'title', 'zip'],
      types: { genres: 'sequence:|', user_id: 'categorical', movie_id: 'categorical' },
      minCount: 1,
    },
  },
  {
    name: 'ml-tag-sample',
    title: 'Which tag a user gives a film',
    rows: 1_024,
    home: 'the GroupLens MovieLens page, ml-latest; as MovielensLatest_x1 in reczoo/Datasets',
    terms: 'research use with acknowledgement',
    files: { 'ml-tag-sample.data': 'df343b9890663945384671fdab91288b5fc7dc4cd08ff3b2b17ba82813a06a30' },
    table: 'ml-tag-sample.data',
    options: {
      target: ['label'],
      types: { user: 'categorical', film: 'categorical', tag: 'categorical' },
      minCount: 1,
      reader: { header: false, delimiter: ' ', names: ['label', 'user', 'film', 'tag'] },
    },
  },
  {
    name: 'din-amazon-sample',
    title: 'Which product a user reviews next, with histories of products and categories',
    rows: 100,
    home: 'the Amazon review data page of J. McAuley',
    terms: 'research use; no redistribution',
    files: { 'din_amazon_sample.txt': '0211d688880adc27142674a07c16caa45c44834185ea5d9fd9d91053732edc8e' },
    table: 'din_amazon_sample.txt',
    options: {
      target: ['label'],
      types: { history: 'sequence: ', categories: 'sequence: ', item: 'categorical', category: 'categorical' },
      vocabulary: { history: 'item', categories: 'category' },
      minCount: 1,
      reader: { header: false, delimiter: ';', names: ['history', 'categories', 'item', 'category', 'label'] },
    },
  },
]

/** The few hundred rows that public libraries ship of large click logs: for readers and smoke tests, too few for claims. */
export const clickLogs: Dataset[] = samples.map(({ name, title, rows, home, terms, files, table, options }) => ({
  name,
  title,
  rows,
  licence: 'research',
  terms,
  home,
  folder: 'ctr-samples',
  files: Object.entries(files).map(([file, sha256]) => ({ name: file, sha256 })),
  table,
  recipe: { options },
  note: 'a sample for trying readers; too small for any claim',
}))
