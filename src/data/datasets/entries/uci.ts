import type { Dataset } from '../dataset.ts'

const adultFields = [
  'age',
  'workclass',
  'fnlwgt',
  'education',
  'education_num',
  'marital_status',
  'occupation',
  'relationship',
  'race',
  'sex',
  'capital_gain',
  'capital_loss',
  'hours_per_week',
  'native_country',
  'income',
]
const housingFields = [
  'longitude',
  'latitude',
  'housingMedianAge',
  'totalRooms',
  'totalBedrooms',
  'population',
  'households',
  'medianIncome',
  'medianHouseValue',
]
/** The commit whose files these are, byte for byte. */
const brownlee = 'https://raw.githubusercontent.com/jbrownlee/Datasets/d20fcb6402ae34e653d4513b00f39257bb37ed7f'

/** Public tables of the field, each with its customary target. */
export const uci: Dataset[] = [
  {
    name: 'adult',
    title: 'Census income of 1994: does a person earn over 50K a year?',
    rows: 48_842,
    licence: 'open',
    terms: 'CC BY 4.0',
    home: 'UCI Machine Learning Repository, data set 2 (adult)',
    citation: 'B. Becker, R. Kohavi. Adult. UCI Machine Learning Repository, 1996',
    folder: 'adult',
    files: [
      {
        name: 'adult.train.csv.gz',
        sha256: '5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d',
        url: `${brownlee}/adult-train.csv`,
      },
      {
        name: 'adult.test.csv.gz',
        sha256: '72567b94f5c1a6f8501377dd80f93892c3848ff071cf91ba47e00b0785a28074',
        url: `${brownlee}/adult-test.csv`,
      },
    ],
    table: { train: 'adult.train.csv.gz', test: 'adult.test.csv.gz' },
    recipe: {
      options: { target: [`over50k = contains(income, '>50K')`], reader: { header: false, names: adultFields } },
    },
  },
  {
    name: 'bike-sharing',
    title: 'Bikes rented each hour in Washington, 2011 and 2012',
    rows: 17_379,
    licence: 'open',
    terms: 'CC BY 4.0',
    home: 'UCI Machine Learning Repository, data set 275 (bike sharing)',
    citation: 'H. Fanaee-T, J. Gama. Event labeling combining ensemble detectors and background knowledge. 2013',
    folder: 'bike-sharing',
    files: [
      {
        name: 'hour.csv.gz',
        sha256: '462d1c779b4d3825c35555e6dffa3063cc0d66b89feeffcaa5093cd475e4a1c3',
        url: 'https://raw.githubusercontent.com/justmarkham/DAT3/d39a4ae8a274a60accd148c2170e04f20f58ed50/data/hour.csv',
      },
    ],
    table: 'hour.csv.gz',
    recipe: {
      options: { target: ['cnt'], ignore: ['instant', 'dteday', 'casual', 'registered'] },
      because: 'row and day numbers, and the two counts that add up to the target',
    },
  },
  {
    name: 'california-housing',
    title: 'Median house value of the census blocks of California, 1990',
    rows: 20_640,
    licence: 'open',
    terms: 'public (StatLib)',
    home: 'StatLib, houses.zip',
    citation: 'R. K. Pace, R. Barry. Sparse spatial autoregressions. Statistics and Probability Letters, 1997',
    folder: 'california-housing',
    files: [
      {
        name: 'cal_housing.data.gz',
        sha256: 'a2b44dcc7e1c9091b43c4f458b25cbd1f7e8068d08edd26bc4703108d3fa6214',
      },
    ],
    table: 'cal_housing.data.gz',
    recipe: { options: { target: ['medianHouseValue'], reader: { header: false, names: housingFields } } },
  },
  {
    name: 'digits',
    title: 'Hand-written digits as 64 intensities from 0 to 16',
    rows: 1_797,
    licence: 'open',
    terms: 'CC BY 4.0',
    home: 'UCI Machine Learning Repository, data set 80 (optical recognition of handwritten digits)',
    citation: 'E. Alpaydin, C. Kaynak. Optical Recognition of Handwritten Digits. UCI, 1998',
    folder: 'digits',
    files: [{ name: 'digits.csv.gz', sha256: '6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8' }],
    table: 'digits.csv.gz',
    recipe: {
      options: {
        target: ['digit'],
        types: {
          digit: 'categorical',
          ...Object.fromEntries(Array.from({ length: 64 }, (_, k) => [pixel(k), 'numeric'])),
        },
        reader: { header: false, names: [...Array.from({ length: 64 }, (_, k) => pixel(k)), 'digit'] },
      },
    },
  },
]

function pixel(k: number): string {
  return `row${Math.floor(k / 8) + 1}column${(k % 8) + 1}`
}
