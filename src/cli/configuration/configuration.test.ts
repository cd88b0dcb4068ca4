import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { flag } from '../flags/flag.ts'
import { globalFlags } from '../flags/global.ts'
import { integer } from '../flags/kind.ts'
import { list } from '../flags/list.ts'
import { settings } from '../flags/settings.ts'
import { environmentSource } from './environment.ts'
import { readConfiguration } from './file.ts'
import { resolve } from './resolve.ts'
import { configurationSources } from './section.ts'
import type { Source } from './source.ts'

const flags = {
  ...globalFlags,
  target: flag(list, ''),
  epochs: flag(integer({ min: 1 }), ''),
  set: flag(settings, ''),
}

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'interplay-configuration-'))))
afterEach(() => rmSync(folder, { recursive: true }))
const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const sources = async (verb = ['fit'], named?: string) =>
  configurationSources((await readConfiguration(folder, named))!, verb, ['fit', 'bench', 'systems'], flags)
const written = (values: Record<string, unknown>): Source => ({
  find: key => (key in values ? { value: values[key], origin: `flag --${key}`, where: `--${key}` } : undefined),
})

describe('precedence', () => {
  it('is flag, environment, file, and each setting keeps its origin', async () => {
    write(
      'interplay.config.yaml',
      'seed: 5\nfit:\n  target: low\n  epochs: 10\n  set: { heads: 2, gate: { hidden: [64] } }\n',
    )
    const environment = {
      INTERPLAY_EPOCHS: '20',
      INTERPLAY_TARGET: 'middle',
      INTERPLAY_SET: 'gate.hidden=[8]',
      INTERPLAY_SEED: '',
    }
    const given = written({ target: 'high,higher', set: ['layers=3'] })
    const { options, origins } = resolve(flags, [...(await sources()), environmentSource(environment), given])
    expect(options).toEqual({
      seed: 5,
      target: ['high', 'higher'],
      epochs: 20,
      set: { heads: 2, layers: 3, gate: { hidden: [8] } },
    })
    expect(origins).toEqual({
      seed: 'interplay.config.yaml line 1',
      target: 'flag --target',
      epochs: 'environment INTERPLAY_EPOCHS',
      'set.heads': 'interplay.config.yaml line 5',
      'set.gate.hidden': 'environment INTERPLAY_SET',
      'set.layers': 'flag --set',
    })
  })
  it('lets the section of a verb win over the top', async () => {
    write('interplay.config.yaml', 'seed: 5\nfit: { seed: 6 }\nbench: { speed: { seed: 7 } }\n')
    expect(resolve(flags, await sources()).options.seed).toBe(6)
    expect(resolve(flags, await sources(['bench', 'speed'])).options.seed).toBe(7)
  })
})

describe('values', () => {
  it('says what one must be and where it was given', () => {
    const read = () => resolve(flags, [environmentSource({ INTERPLAY_EPOCHS: 'ten' })])
    expect(read).toThrow(
      expect.objectContaining({
        code: 'option/invalid',
        message: "epochs must be an integer >= 1, got 'ten'",
        where: 'INTERPLAY_EPOCHS=ten',
      }),
    )
  })
  it('reports all faults at once', async () => {
    write('interplay.config.yaml', 'fit:\n  epochs: 0\n')
    const faulty = [...(await sources()), environmentSource({ INTERPLAY_SEED: 'x' })]
    expect(() => resolve(flags, faulty)).toThrow(
      expect.objectContaining({
        message: '2 settings cannot be read',
        why: "seed must be an integer >= 0, got 'x' (INTERPLAY_SEED=x)\nepochs must be an integer >= 1, got '0' (interplay.config.yaml line 2)",
      }),
    )
  })
})

describe('files', () => {
  it('names an unknown key with its line and the nearest', async () => {
    write('interplay.config.yaml', '# ours\nfit:\n  epochs: 3\n  tagret: clicked\n')
    await expect(sources()).rejects.toMatchObject({
      code: 'option/unknown',
      exitCode: 2,
      message: "fit has no flag 'tagret'",
      where: 'interplay.config.yaml line 4',
      why: 'nearest: target',
    })
  })
  it('names all unknown keys at once', async () => {
    write('interplay.config.yaml', 'fitt: {}\nfit: { zzz: 1 }\n')
    await expect(sources()).rejects.toMatchObject({
      message: '2 keys of the configuration are not known',
      why: "a configuration has no key 'fitt' (interplay.config.yaml line 1); nearest: fit\nfit has no flag 'zzz' (interplay.config.yaml line 2)",
    })
  })
  it('runs TypeScript, with lines', async () => {
    write(
      'interplay.config.ts',
      "const seed: number = 9\nexport default {\n  seed,\n  fit: {\n    target: 'clicked',\n    tagret: 1,\n  },\n}\n",
    )
    await expect(sources()).rejects.toMatchObject({ where: 'interplay.config.ts line 6' })
    write('interplay.config.ts', "const seed: number = 9\nexport default { seed, fit: { target: ['a', 'b'] } }\n")
    expect(resolve(flags, await sources()).options).toEqual({ seed: 9, target: ['a', 'b'] })
  })
  it('takes a list of systems beside the flags of systems', async () => {
    write('interplay.config.yaml', 'systems: [mine]\n')
    expect(resolve(flags, await sources(['systems'])).options).toEqual({})
  })
  it('refuses what cannot be read', async () => {
    expect(await readConfiguration(folder)).toBeUndefined()
    await expect(readConfiguration(folder, 'x.yaml')).rejects.toMatchObject({
      code: 'data/not-found',
      message: "no file 'x.yaml'",
    })
    write('a.toml', '')
    await expect(readConfiguration(folder, 'a.toml')).rejects.toMatchObject({ code: 'usage/config', exitCode: 2 })
    write('b.yaml', 'fit:\n  target: [a\nseed: 1\n')
    await expect(readConfiguration(folder, 'b.yaml')).rejects.toMatchObject({
      code: 'usage/config',
      where: expect.stringContaining('b.yaml line'),
    })
    write('c.yaml', '- fit\n')
    await expect(readConfiguration(folder, 'c.yaml')).rejects.toThrow(
      "'c.yaml' is not a mapping of verbs to their flags",
    )
    write('d.ts', 'throw new Error("no")\n')
    await expect(readConfiguration(folder, 'd.ts')).rejects.toThrow("'d.ts' cannot be run: no")
    write('interplay.config.yaml', '')
    expect((await readConfiguration(folder))!.content).toEqual({})
    write('interplay.config.ts', 'export default {}')
    await expect(readConfiguration(folder)).rejects.toThrow(
      'this folder has two configurations, interplay.config.yaml and interplay.config.ts',
    )
  })
})
