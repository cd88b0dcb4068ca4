import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { tinyModel } from './fixture.ts'
import type { ServedModel } from './inference/model.ts'
import type { Predictor } from './inference/predictor.ts'
import { limits } from './limits.ts'
import { openapi } from './openapi.ts'

const described = (model: Partial<ServedModel>) => ({ ...tinyModel(), ...model }) as unknown as Predictor
const defaults = limits.parse({})

const multiclass = described({
  name: 'two outputs / "quoted" é',
  fields: [
    { name: 'a/b ~', type: 'sequence', required: true },
    { name: '', type: 'timestamp', required: false },
  ],
  outputs: [
    { name: 'kind', kind: 'probability', classes: ['a', 'b', 'c'] },
    { name: 'delay', kind: 'value' },
  ],
})

describe('openapi', () => {
  it.each([
    ['one model', [described({})], false],
    ['several models behind a token', [described({}), multiclass], true],
  ] as const)('is valid OpenAPI 3.1 for %s', async (_, models, secured) => {
    const validator = new Validator()
    const result = await validator.validate(
      JSON.parse(JSON.stringify(openapi(models, defaults, { secured, explained: models.map(({ name }) => name) }))),
    )
    expect(result).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
    expect(() => validator.resolveRefs()).not.toThrow()
  })

  it('describes rows and predictions by the fields and outputs, without their vocabularies', () => {
    const { components } = openapi([described({}), multiclass], defaults, { secured: false }) as {
      components: { schemas: Record<string, object> }
    }
    expect(components.schemas.Model1Row).toEqual({
      title: 'A row of tiny',
      type: 'object',
      properties: {
        city: { type: ['string', 'number', 'boolean', 'null'] },
        speed: { type: ['string', 'number', 'boolean'] },
      },
      required: ['speed'],
      additionalProperties: false,
    })
    expect(components.schemas.Model2Prediction).toMatchObject({
      required: ['kind', 'delay'],
      properties: {
        kind: { properties: { label: { enum: ['a', 'b', 'c', null] } } },
        delay: { properties: { value: { type: ['number', 'null'] } } },
      },
    })
    expect(JSON.stringify(components)).not.toContain('Oslo')
  })
})
