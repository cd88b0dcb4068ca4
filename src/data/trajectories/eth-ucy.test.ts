import { describe, expect, it } from 'vitest'
import { datasetFolder } from '../datasets/catalogue.ts'
import { ethUcyScenes, readEthUcy } from './eth-ucy.ts'
import { leaveOneOut } from './leave-one-out.ts'
import { splitByTime } from './tracks.ts'

const folder = datasetFolder('eth-ucy')

describe.skipIf(!folder)(`ETH-UCY${folder ? '' : ' (its files are not on this machine)'}`, () => {
  it("parts and windows are those of the authors' files and script (fixtures/eqmotion)", async () => {
    const recordings = await readEthUcy(folder!)
    const sightings = recordings.map(recording => splitByTime(recording, 0.8).map(({ bodies }) => bodies.length))
    expect(Object.fromEntries(recordings.map(({ name }, i) => [name, sightings[i]]))).toMatchObject({
      biwi_eth: [3666, 1826],
      biwi_hotel: [4946, 1597],
      crowds_zara02: [7621, 2101],
      crowds_zara03: [3708, 1297],
      students001: [18353, 3460],
      students003: [15641, 2312],
      uni_examples: [2266, 481],
    })
    const windows = { past: 8, future: 12, bodies: 3, radius: 5 }
    const { splits, seen, positions } = leaveOneOut(recordings, ethUcyScenes.zara1, windows)
    const { train, test } = splits
    const bodies = (rows: Int32Array) =>
      rows.reduce((sum, row) => sum + seen![row * 60]! + seen![row * 60 + 20]! + seen![row * 60 + 40]!, 0)
    expect([train.length, test.length]).toEqual([28_577, 2_356])
    expect([bodies(train), bodies(test)]).toEqual([82_627, 6_079])
    const total = (rows: Int32Array) => {
      let sum = 0
      for (const row of rows) for (let at = row * 120; at < (row + 1) * 120; at++) sum += positions[at]!
      return sum
    }
    expect(total(train)).toBeCloseTo(23_871_063.0553, 1)
    expect(total(test)).toBeCloseTo(1_449_301.9595, 1)
  })
})
