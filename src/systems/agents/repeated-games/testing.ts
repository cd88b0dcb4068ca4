import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an endpoint of the OpenAI chat shape says when asked this, for the nth time from 1; null answers status 503. */
export type Reply = (prompt: string, call: number) => string | null

/** Serves such an endpoint on this machine while it is used. */
export async function withChat(reply: Reply, use: (url: string) => Promise<void>): Promise<void> {
  let calls = 0
  await withServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { messages } = JSON.parse(body) as { messages: [{ content: string }] }
      const content = reply(messages[0].content, ++calls)
      response.writeHead(content === null ? 503 : 200).end(JSON.stringify({ choices: [{ message: { content } }] }))
    })
  }, use)
}

/** Answers requests on this machine while the address is used. */
export async function withServer(answer: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
