import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { exportOnnx, type HostTensor } from '../../engine/index.ts'
import { loadSafetensors, saveSafetensors } from '../../engine/safetensors-file.ts'
import { drawn } from '../../systems/neurons/networks/perceptron.ts'
import { explain } from './api.ts'
import { explainNetwork, lensSystem, refuseRowOptions } from './explain-system.ts'

const folder = mkdtempSync(join(tmpdir(), 'explain-network-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { network, data } = drawn([3, 4, 2])
const { inputs, state, trace } = network
const model = join(folder, 'net.onnx')
writeFileSync(model, exportOnnx({ name: 'net', inputs, state, trace }))
const lib = lensSystem('lib')!
const values = data.inputs.x!.data as Float32Array
const set = { layers: ['x'], ablate: 'nodes', compare: false }

describe('a network looked into by a system', () => {
  it('tells, and writes tensors and a page', async () => {
    const labels: HostTensor = { dtype: 'int32', dims: [60], data: Int32Array.from({ length: 60 }, (_, i) => i % 2) }
    const input = join(folder, 'data.safetensors')
    await saveSafetensors(input, { x: data.inputs.x!, labels })
    const out = join(folder, 'out')
    const document = await explainNetwork(lib, model, { input, set, out, command: 'interplay explain net.onnx' })
    expect(document).toMatchObject({ schema: 'interplay.explain/1', lens: 'lib', data: 'data.safetensors', rows: 60 })
    expect(document.results[0]).toMatchObject({ index: 'edge', order: 2 })
    expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)))
    expect(readFileSync(join(out, 'page.html'), 'utf8')).toMatch(/<h1>\d+ edges? between directions/)
    const { tensors } = await loadSafetensors(join(out, 'tensors.safetensors'))
    expect(Object.keys(tensors).sort()).toEqual(
      ['output/basis', 'output/importance', 'output/inverse', 'x/basis', 'x/edges', 'x/importance', 'x/inverse'].sort(),
    )
  })

  it('reads a table of numbers', async () => {
    const input = join(folder, 'rows.csv')
    const lines = Array.from({ length: 60 }, (_, i) => [...values.subarray(3 * i, 3 * i + 3), i % 2].join(','))
    writeFileSync(input, ['a,b,c,y', ...lines].join('\n'))
    const { results, notes } = await explainNetwork(lib, model, { input, target: 'y', set })
    expect(results.length).toBeGreaterThan(0)
    expect(notes.join()).not.toMatch(/no labels/)
    const narrow = explainNetwork(lib, model, { input, set })
    await expect(narrow).rejects.toMatchObject({
      code: 'shape/mismatch',
      message: expect.stringMatching(/takes 3 features, .* has 4/) as string,
    })
  })

  it('is one call of the API', async () => {
    const input = join(folder, 'called.safetensors')
    await saveSafetensors(input, { x: data.inputs.x! })
    const asked = { data: input, lens: 'lib', at: ['x'], set: { ablate: 'none', compare: false } }
    const answer = await explain(model, asked)
    expect(answer.top(1)[0]).toMatchObject({ index: 'edge', order: 2 })
    expect((await explain(model, { ...asked, dryRun: true })).results).toEqual([])
    await expect(explain(model, { ...asked, row: 2 })).rejects.toMatchObject({ code: 'option/conflict' })
  })

  it.each([
    [{ input: undefined, set }, 'usage/missing-input', /brings no data/],
    [{ input: 'world:springs', set }, 'usage/wrong-task', /sequence->future/],
    [{ input: 'world:modular-addition', set }, 'data/role-missing', /needs an input 'x'/],
    [{ input: 'world:modular-addition', set: { layer: 'x' } }, 'option/unknown', /no option 'layer'/],
  ])('refuses %j', async (options, code, message) => {
    await expect(explainNetwork(lib, model, options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    })
  })

  it('is no lens of rows', () => {
    expect(lensSystem('pairs')).toBeUndefined()
    expect(() => refuseRowOptions(lib, { row: 3 })).toThrow(/lib looks into a network, --row is of rows/)
  })
})
