// Copies the embedded real data that the package ships (birdstrikes, BSD-3-Clause vega-datasets) beside the build.
import { copyFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const target = new URL('dist/assets/datasets/', root)
mkdirSync(target, { recursive: true })
const source = new URL('node_modules/vega-datasets/data/birdstrikes.csv', root)
copyFileSync(fileURLToPath(source), fileURLToPath(new URL('birdstrikes.csv', target)))
