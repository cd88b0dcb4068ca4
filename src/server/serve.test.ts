import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { tinyModel, tinyProbability } from './fixture.ts'
import { serve, type RunningServer, type ServeOptions } from './serve.ts'

const running: RunningServer[] = []

async function start(options: ServeOptions = {}): Promise<RunningServer> {
  const server = await serve([tinyModel()], { port: 0, workers: 1, ...options })
  running.push(server)
  await server.ready
  return server
}

afterEach(() => Promise.all(running.splice(0).map(server => server.close())))

const rowOf = (speed: number) => JSON.stringify({ rows: [{ speed }] })
const headers = { 'Content-Type': 'application/json' }

const predict = (url: string, speed: number) =>
  fetch(`${url}/v1/predict`, { method: 'POST', headers, body: rowOf(speed) })

/** A request that the server has accepted, its body still to come. */
async function begin(url: string) {
  const call = request(`${url}/v1/predict`, { method: 'POST', headers: { ...headers, Expect: '100-continue' } })
  call.flushHeaders()
  await once(call, 'continue')
  return {
    async finish(body: string): Promise<number> {
      const response = once(call, 'response')
      call.end(body)
      const [message] = await response
      message.resume()
      return message.statusCode
    },
  }
}

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'interplay-token-')), 'token')
  writeFileSync(path, text)
  return path
}

describe('serve', () => {
  it('answers concurrent requests over HTTP, several in one run', async () => {
    const { url } = await start()
    const speeds = Array.from({ length: 64 }, (_, i) => i / 32 - 1)
    const answers = await Promise.all(speeds.map(async speed => (await predict(url, speed)).json()))
    expect(answers.map(answer => answer.predictions[0].probability)).toEqual(
      speeds.map(speed => expect.closeTo(tinyProbability(speed), 6)),
    )
    const metrics = await (await fetch(`${url}/metrics`)).text()
    const runs = Number(/^interplay_batch_rows_count (\d+)$/m.exec(metrics)![1])
    expect(metrics).toContain('interplay_batch_rows_sum 64')
    expect(runs).toBeLessThan(64)
  })

  it('does not bind beyond loopback without a token', async () => {
    await expect(serve([], { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
      code: 'server/open-host',
      exitCode: 2,
      message: 'binding beyond loopback needs a token',
      where: '--host 0.0.0.0',
      try: '--token-file FILE',
    })
    const open = await start({ host: '0.0.0.0', tokenFile: file('correct-horse\n') })
    const url = open.url.replace('0.0.0.0', '127.0.0.1')
    expect((await fetch(`${url}/v1/models`)).status).toBe(401)
    const authorized = { headers: { Authorization: 'Bearer correct-horse' } }
    expect((await fetch(`${url}/v1/models`, authorized)).status).toBe(200)
  })

  it('names a token file that is absent or holds no token, and limits out of range', async () => {
    await expect(serve([], { tokenFile: '/nowhere/token' })).rejects.toMatchObject({ code: 'data/not-found' })
    await expect(serve([], { tokenFile: file(' \n') })).rejects.toMatchObject({ code: 'option/invalid' })
    await expect(serve([], { limits: { maxRows: 0, timeout: -1 } })).rejects.toMatchObject({
      code: 'option/invalid',
      message: expect.stringMatching(/maxRows.*timeout/),
    })
  })

  it('says that a port is taken', async () => {
    const { url } = await start()
    const port = Number(new URL(url).port)
    await expect(serve([tinyModel()], { port, workers: 1 })).rejects.toMatchObject({
      code: 'server/port',
      exitCode: 4,
      message: `port ${port} is taken`,
      try: `--port ${port + 1}`,
    })
  })

  it('says that an address is none of this machine', async () => {
    const options = { host: '192.0.2.1', port: 0, workers: 1, tokenFile: file('correct-horse\n') }
    await expect(serve([tinyModel()], options)).rejects.toMatchObject({
      code: 'server/address',
      exitCode: 4,
      message: "'192.0.2.1' is no address of this machine",
      where: '--host 192.0.2.1',
      try: '--host 127.0.0.1',
    })
  })

  it('cuts a body without declared length off at the limit', async () => {
    const { url } = await start({ limits: { maxBody: 1000 } })
    const call = request(`${url}/v1/predict`, { method: 'POST', headers }).on('error', () => undefined)
    call.write('[')
    call.write(' '.repeat(2000))
    const [response] = await once(call, 'response')
    expect(response.statusCode).toBe(413)
    call.destroy()
  })

  it('answers the accepted and refuses the new while it closes', async () => {
    const server = await start()
    const accepted = await begin(server.url)
    const closed = server.close()
    await expect(predict(server.url, 2)).rejects.toThrow()
    expect(await accepted.finish(rowOf(1))).toBe(200)
    await closed
  })

  it('on SIGTERM answers the accepted and exits with 0', async () => {
    const source = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
    const script = `
      const { createJiti } = await import('jiti')
      const jiti = createJiti(${source('./serve.test.ts')})
      const { serve } = await jiti.import(${source('./serve.ts')})
      const { closeOnSignal } = await jiti.import(${source('./signals.ts')})
      const { tinyModel } = await jiti.import(${source('./fixture.ts')})
      const server = await serve([tinyModel()], { port: 0, workers: 1, threads: 1 })
      await server.ready
      const stopped = closeOnSignal(server)
      console.log(server.url)
      process.exitCode = await stopped
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exit = once(child, 'exit')
    const url = String((await once(child.stdout, 'data'))[0]).trim()
    const accepted = await Promise.all([begin(url), begin(url), begin(url)])
    child.kill('SIGTERM')
    await expect
      .poll(() =>
        predict(url, 1).then(
          response => response.status,
          () => 'refused',
        ),
      )
      .toSatisfy(answer => answer === 503 || answer === 'refused')
    expect(await Promise.all(accepted.map(call => call.finish(rowOf(1))))).toEqual([200, 200, 200])
    expect(await exit).toEqual([0, null])
  })
})
