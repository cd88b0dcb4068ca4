import { flag } from './flag.ts'
import { choice, either, integer, number, text, toggle } from './kind.ts'
import { list, repeatedList } from './list.ts'
import { settings } from './settings.ts'

/** Flags that several verbs take, with the same words wherever they stand. */
export const shared = {
  target: flag(repeatedList, 'what to predict: a field, several, or "hurt = damage <> \'None\'"', {
    short: 't',
    value: 'FIELD,...',
    repeat: true,
  }),
  system: flag(text, 'the published method; "interplay systems" lists them', { short: 's', value: 'NAME' }),
  set: flag(settings, 'an option of the system, JSON or text; dots reach inside', { value: 'KEY=VALUE', repeat: true }),
  where: flag(text, 'the rows to take, an SQL condition', { value: 'SQL' }),
  resume: flag(toggle, 'go on where a stopped run ended'),
  seeds: flag(integer({ min: 1 }), 'how many seeds: --seed and those after it', { value: 'N', default: '3' }),
  device: flag(choice('cpu', 'cuda', 'webgpu'), 'where tensors are computed: cpu, cuda or webgpu', {
    value: 'NAME',
    default: 'cpu',
  }),
  at: flag(list, 'the layers to read, by name', { value: 'LAYER,...' }),
}

/** `auto` lets the verb choose. */
export const batch = flag(either('auto', integer({ min: 1 })), 'rows a step', { value: 'N', default: 'auto' })
export const learningRate = flag(either('auto', number({ min: 0 })), 'step size', { value: 'X', default: 'auto' })
