import { z } from 'zod'
import { describeOptions, parseOptions, type AnySystem } from '../../system/index.ts'
import { broken, refused } from './broken.ts'
import type { ContractCheck } from './index.ts'

export const optionChecks = (system: AnySystem): ContractCheck[] => [
  {
    name: 'every option has a description, a range and a default',
    async run() {
      parseOptions(system, {})
      const json = z.toJSONSchema(system.options, { io: 'input' }) as {
        properties?: Record<string, { type?: string; items?: { type?: string } }>
      }
      for (const { option, meaning, range, default: initial } of describeOptions(system.options)) {
        if (meaning === '') broken(`${option} has no description`)
        if (initial === undefined) broken(`${option} has no default`)
        const { type, items } = json.properties![option]!
        const numbers = [type, items?.type].some(kind => kind === 'number' || kind === 'integer')
        if (numbers && range.replace('each', '').trim() === '') broken(`${option} has no range`)
      }
    },
  },
  {
    name: 'an unknown option and a value of the wrong kind are refused by name',
    async run() {
      await refused('an unknown option', /noSuchOption/, () => parseOptions(system, { noSuchOption: 1 }))
      for (const { option } of describeOptions(system.options)) {
        const wrong = () => parseOptions(system, { [option]: { not: 'a value' } })
        await refused(`${option}={"not":"a value"}`, new RegExp(option), wrong)
      }
    },
  },
]
