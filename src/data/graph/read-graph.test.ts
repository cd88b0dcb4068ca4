import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readGraph } from './read-graph.ts'

const folder = mkdtempSync(join(tmpdir(), 'interplay-graph-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const file = (text: string) => {
  const path = join(folder, `${files++}.csv`)
  writeFileSync(path, text)
  return path
}

const features = file('user,likes,age\n07,jazz,young\n07,folk,young\n8,jazz,\n9,folk,old\n10,,old\n')
const edges = file('a,b\n07,8\n8,9\n')
const fit = (given: { features?: string; edges?: string; target?: string }) =>
  readGraph({ purpose: 'fit', target: given.target ?? 'age', inputs: { features, edges, ...given } as never })

describe('a graph of two tables', () => {
  it('puts the rows of a node together, keeps isolated nodes and names as they are written', async () => {
    const graph = await fit({})
    expect(graph.names).toEqual(['07', '8', '9', '10'])
    expect(graph.categories).toEqual({
      ids: Int32Array.of(1, 2, 1, 0, 2, 0, 0, 0),
      slots: 2,
      size: 3,
      values: ['', 'likes=jazz', 'likes=folk'],
    })
    expect(graph.labels).toEqual({ name: 'age', classes: ['old', 'young'], values: Int32Array.of(1, -1, 0, 0) })
    expect(graph.edges).toEqual({ source: Int32Array.of(0, 1), target: Int32Array.of(1, 2), directed: false })
  })

  it('reads new nodes by the categories that were learned', async () => {
    const known = { target: 'age', values: ['', 'likes=jazz', 'likes=folk'] }
    const fresh = file('user,likes\nx,folk\ny,metal\n')
    const graph = await readGraph({
      purpose: 'predict',
      known,
      inputs: { features: fresh, edges: file('a,b\nx,y\n') },
    })
    expect(graph.categories!.ids).toEqual(Int32Array.of(2, 0))
    expect(graph.categories!.size).toBe(3)
    expect(graph.labels).toBeUndefined()
  })

  it('loses no edge of a list without a header', async () => {
    const listed = await fit({ edges: file('07,8\n8,9\n') })
    expect(listed.edges).toEqual({ source: Int32Array.of(0, 1), target: Int32Array.of(1, 2), directed: false })
    const weighted = await fit({ edges: file('07,8,0.5\n8,9,2\n') })
    expect(weighted.edges.weight).toEqual(Float32Array.of(0.5, 2))
    await expect(fit({ edges: file('70,80\n8,9\n') })).rejects.toMatchObject({ code: 'data/unknown-node' })
  })

  it('tells edges listed both ways from edges listed one way', async () => {
    expect((await fit({ edges: file('a,b\n8,9\n9,8\n') })).edges.directed).toBe(false)
    expect((await fit({ edges: file('a,b\n8,9\n9,8\n07,8\n') })).edges.directed).toBe(true)
  })

  it.each([
    ['a stranger among the edges', { edges: file('a,b\n8,77\n78,9\n') }, 'data/unknown-node', /'78', '77'/],
    ['no edges', { edges: undefined }, 'data/role-missing', /edges/],
    ['a target that is no column', { target: 'agee' }, 'data/unknown-field', /'agee'/],
    [
      'a node of two classes',
      { features: file('u,c,age\n8,x,old\n8,y,young\n'), edges: file('a,b\n8,8\n') },
      'data/conflict',
      /'8'.*old.*young/,
    ],
    ['a weight of 0', { edges: file('a,b,weight\n8,9,0\n') }, 'data/not-finite', /row 1/],
    ['a nameless node', { features: file('u,c,age\n,x,old\n8,x,old\n') }, 'data/columns', /row 1/],
  ])('refuses %s', async (_, given, code, text) => {
    const failure = await fit(given as never).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code, message: expect.stringMatching(text) as string })
  })
})
