import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { Conversation } from '../../systems/explain/dialogue-explain/api.ts'
import { plantedSubject } from '../../systems/explain/dialogue-explain/planted.ts'
import { languageModelAt } from './language-model-at.ts'

interface Asked {
  model: string
  messages: { role: string; content: string }[]
}

let server: Server | undefined
afterEach(() => void server?.close())

/** An endpoint that says what it is told to, and what it was asked. */
async function served(
  models: string[],
  say: (asked: Asked) => string,
  status = 200,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => void parts.push(part))
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      if (request.url === '/v1/models') return response.end(JSON.stringify({ data: models.map(id => ({ id })) }))
      const body = JSON.parse(Buffer.concat(parts).toString()) as Asked
      asked.push(body)
      response.statusCode = status
      const message = { role: 'assistant', content: say(body) }
      const choices = [{ index: 0, message, finish_reason: 'stop' }]
      response.end(JSON.stringify({ id: '1', created: 1, model: body.model, choices }))
    })
  })
  await new Promise<void>(resolve => server!.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`, asked }
}

const isTranslation = ({ messages }: Asked) => messages[0]!.content.includes('JSON array')
const talkWith = async (url: string) =>
  new Conversation(plantedSubject(), { budget: 500, languageModel: await languageModelAt(url) })

describe('a language model behind an address', () => {
  it('translates what the grammar cannot read; its words stand where they say no other number', async () => {
    const query = '```json\n[{"operation": "count"}]\n```'
    const { url, asked } = await served(['small'], each => (isTranslation(each) ? query : 'Here are all of them.'))
    const reply = await (await talkWith(url)).ask('mirror mirror on the wall')
    expect(reply).toMatchObject({ kind: 'answers', program: 'count', wording: 'Here are all of them.' })
    expect(asked.map(({ model }) => model)).toEqual(['small', 'small'])
    const { content } = asked[0]!.messages[0]!
    for (const { name } of plantedSubject().vocabulary.fields) expect(content).toContain(name)
  })

  it('has no number of its own: a wording with one is dropped', async () => {
    const { url } = await served(['small'], each =>
      isTranslation(each) ? '[{"operation":"count"}]' : 'There are 123456.',
    )
    const reply = await (await talkWith(url)).ask('mirror mirror on the wall')
    expect(reply).toMatchObject({ kind: 'answers', program: 'count' })
    expect(reply).not.toHaveProperty('wording')
  })

  it.each(['I cannot do that', '[{"operation": "delete"}]', '[]', '[{"operation": "effect", "field": "nowhere"}]'])(
    'is not heard where it says %j: the grammar reads the question',
    async said => {
      const { url } = await served(['small'], each => (isTranslation(each) ? said : ''))
      expect(await (await talkWith(url)).ask('how many rows are there?')).toMatchObject({ program: 'count' })
    },
  )

  it('is one of several by name', async () => {
    const { url, asked } = await served(['one', 'two'], () => '[]')
    await expect(languageModelAt(url)).rejects.toMatchObject({ code: 'option/invalid', why: 'it serves one, two' })
    await (await talkWith(`${url}#two`)).read('anything')
    expect(asked[0]!.model).toBe('two')
  })

  it.each(['nowhere', 'ftp://somewhere'])('%j is no address', async address => {
    await expect(languageModelAt(address)).rejects.toMatchObject({ code: 'option/invalid' })
  })

  it('that fails is named', async () => {
    const { url } = await served(['small'], () => '', 401)
    await expect((await talkWith(url)).ask('anything')).rejects.toMatchObject({ code: 'ask/language-model' })
    server!.close()
    await expect(languageModelAt('http://127.0.0.1:9/v1')).rejects.toMatchObject({ code: 'ask/language-model' })
  })
})
