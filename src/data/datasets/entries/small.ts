import type { Dataset, RecipeOptions } from '../dataset.ts'

/** The commit whose files these are, byte for byte. */
const brownlee = 'https://raw.githubusercontent.com/jbrownlee/Datasets/d20fcb6402ae34e653d4513b00f39257bb37ed7f'

interface SmallTable {
  name: string
  title: string
  rows: number
  file: string
  sha256: string
  /** Of a file without a header, separated by blanks. */
  fields: string
  options: RecipeOptions
  openml?: boolean
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, k) => `${prefix}${k + 1}`)
const wineFields =
  'fixedAcidity volatileAcidity citricAcid residualSugar chlorides freeSulfur totalSulfur density pH sulphates alcohol quality'

const tables: SmallTable[] = [
  {
    name: 'abalone',
    title: 'Rings of an abalone, by its size and weights',
    rows: 4_177,
    file: 'abalone.csv.gz',
    sha256: 'eb2de13be807e9bb9ec4128b9c89b98ab23d7739121cfd17b7dde69b46ba7bf6',
    fields: 'sex length diameter height wholeWeight shuckedWeight visceraWeight shellWeight rings',
    options: { target: ['rings'] },
  },
  {
    name: 'banknote',
    title: 'Genuine and forged banknotes, by moments of their image',
    rows: 1_372,
    file: 'banknote_authentication.csv',
    sha256: 'd0539aaed2139ba7a587b3e34fb345ce503ff7d5d33dbf9912d8e195ce425cb9',
    fields: 'variance skewness kurtosis entropy forged',
    options: { target: ['forged'] },
  },
  {
    name: 'breast-cancer',
    title: 'Breast tumours, benign or malignant (Wisconsin, 1992)',
    rows: 699,
    file: 'breast-cancer-wisconsin.csv',
    sha256: '9c9dc50e62dbcece16e5707bdec7514f87230d0aa35798b9aaffbc77cf736f1f',
    fields: 'thickness cellSize cellShape adhesion epithelialSize bareNuclei chromatin nucleoli mitoses class',
    options: { target: ['malignant = class = 4'] },
  },
  {
    name: 'ecoli',
    title: 'Where a protein of E. coli lies in the cell',
    rows: 336,
    file: 'ecoli.csv',
    sha256: '26836c66779f5ce2b0c4d21c0667dcfb89f2a408e3cdac7e38dbc63e0abd5691',
    fields: 'mcg gvh lip chg aac alm1 alm2 site',
    options: { target: ['site'] },
  },
  {
    name: 'german-credit',
    title: 'Credits of a German bank: good or bad risk?',
    rows: 1_000,
    file: 'german.csv',
    sha256: 'ec12a88b9fc14d74ba646ea0410cf7ff4533bec2eb61652f8ad76796bbfec017',
    fields:
      'status duration history purpose amount savings employment instalments personal debtors residence property age plans housing credits job dependants telephone foreign risk',
    options: { target: ['bad = risk = 2'] },
  },
  {
    name: 'glass',
    title: 'Kinds of glass, by their oxides',
    rows: 214,
    file: 'glass.csv',
    sha256: '1b7039aa2d617c1827e790b55d45ac138dce06b5f2a3fb6c25f2f135b59ad2d0',
    fields: 'refraction sodium magnesium aluminium silicon potassium calcium barium iron kind',
    options: { target: ['kind'], types: { kind: 'categorical' } },
  },
  {
    name: 'haberman',
    title: 'Survival of five years after breast cancer surgery',
    rows: 306,
    file: 'haberman.csv',
    sha256: 'b4b7a32586a5668f9f4d6dc8be9d1bc8cd4822523affb1f6b5bfc350681ef3e2',
    fields: 'age year nodes survival',
    options: { target: ['died = survival = 2'] },
  },
  {
    name: 'ionosphere',
    title: 'Radar returns that show structure in the ionosphere, or none',
    rows: 351,
    file: 'ionosphere.csv',
    sha256: 'fd6dd7864b55d56dac0a1e6e24af9ccc35bf2555ac79af8ab9f3d1daa065ab83',
    fields: [...numbered('pulse', 34), 'structure'].join(' '),
    options: { target: ['structure'] },
  },
  {
    name: 'iris',
    title: 'Three species of iris',
    rows: 150,
    file: 'iris.csv',
    sha256: 'f5d0c11e5c78a69a20dbb80baf2b24703f59a6687595752abb397d23732647c5',
    fields: 'sepalLength sepalWidth petalLength petalWidth species',
    options: { target: ['species'] },
  },
  {
    name: 'mammography',
    title: 'Microcalcifications in mammograms, one in 43',
    rows: 11_183,
    file: 'mammography.csv.gz',
    sha256: '7d3dea3f075f30bbdbb8980e7725684059b4fe3d0f850fadd0f635f6993d8730',
    fields: [...numbered('feature', 6), 'class'].join(' '),
    options: { target: [`calcification = "class" NOT LIKE '%-%'`] },
    openml: true,
  },
  {
    name: 'phoneme',
    title: 'Nasal and oral vowels, by five harmonics',
    rows: 5_404,
    file: 'phoneme.csv.gz',
    sha256: 'eacbb9f7a2b2135d067bff28ed7b9adb760f61f5e91f375f91e22e7e42ace24d',
    fields: [...numbered('harmonic', 5), 'oral'].join(' '),
    options: { target: ['oral'] },
    openml: true,
  },
  {
    name: 'sonar',
    title: 'Sonar returns of a mine or a rock',
    rows: 208,
    file: 'sonar.csv.gz',
    sha256: '3079c09b5d2789a0f96aff82c28e5164fafe2495c5f8da96c6c256c1bd25763f',
    fields: [...numbered('band', 60), 'object'].join(' '),
    options: { target: ['object'] },
  },
  {
    name: 'wheat-seeds',
    title: 'Three varieties of wheat, by the shape of a kernel',
    rows: 210,
    file: 'wheat-seeds.csv',
    sha256: '8dbd1853a4439afc113cfe07f290422c7ce3fe48745d71f3f7eaa027cd38fd6e',
    fields: 'area perimeter compactness length width asymmetry groove variety',
    options: { target: ['variety'], types: { variety: 'categorical' } },
  },
  {
    name: 'wine',
    title: 'Three cultivars of wine, by their chemistry',
    rows: 178,
    file: 'wine.csv',
    sha256: 'e9c16b779f9194945067f65118da6afb317ef60c6515879c50124dc4f6cdd756',
    fields:
      'alcohol malicAcid ash alkalinity magnesium phenols flavanoids nonflavanoids proanthocyanins colour hue dilution proline cultivar',
    options: { target: ['cultivar'], types: { cultivar: 'categorical' } },
  },
  {
    name: 'wine-quality-red',
    title: 'Tasters’ grade of red wine, by its chemistry',
    rows: 1_599,
    file: 'winequality-red.csv.gz',
    sha256: 'c9614512e980f1cbd221c796daa97f00c4898c3cd1716863abac60f6cd1a522e',
    fields: wineFields,
    options: { target: ['quality'] },
  },
  {
    name: 'wine-quality-white',
    title: 'Tasters’ grade of white wine, by its chemistry',
    rows: 4_898,
    file: 'winequality-white.csv.gz',
    sha256: '659d419fff887f225bf977d20520bb64a64cae203e460087f809721d4430ba27',
    fields: wineFields,
    options: { target: ['quality'] },
  },
]

/** Classic small tables, for quick checks. */
export const smallTables: Dataset[] = tables.map(({ name, title, rows, file, sha256, fields, options, openml }) => ({
  name,
  title,
  rows,
  licence: 'open',
  terms: openml ? 'public (OpenML)' : 'CC BY 4.0',
  home: openml ? 'OpenML' : 'UCI Machine Learning Repository',
  folder: 'uci-small',
  files: [{ name: file, sha256, url: `${brownlee}/${file.replace(/\.gz$/, '')}` }],
  table: file,
  recipe: { options: { ...options, reader: { header: false, names: fields.split(' ') } } },
}))
