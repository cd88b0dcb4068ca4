import { defineCommand } from '../command.ts'
import { flag } from '../flags/flag.ts'
import { either, integer, text, toggle } from '../flags/kind.ts'
import { duration } from '../flags/quantity.ts'
import { shared } from '../flags/shared.ts'

const serve = defineCommand({
  operands: [{ name: 'PREDICTOR...', describe: 'runs or bundles; with several, requests name one by ?model=' }],
  flags: {
    port: flag(integer({ min: 0, max: 65_535 }), 'where it listens; 0 takes a free port', {
      value: 'N',
      default: '8080',
    }),
    host: flag(text, 'the address it binds; beyond loopback a token is needed', {
      value: 'ADDRESS',
      default: '127.0.0.1',
    }),
    tokenFile: flag(text, 'file that holds the bearer token', { value: 'F' }),
    workers: flag(either('auto', integer({ min: 1 })), 'threads that run models', { value: 'N', default: 'auto' }),
    device: shared.device,
    explain: flag(toggle, "also POST /v1/explain and /v1/ask, from the run's own test rows, which can then be seen"),
    maxBatch: flag(integer({ min: 1 }), 'rows of one run of the model', { value: 'N', default: '256' }),
    maxWait: flag(duration, 'how long a row waits for others to join its run', { value: 'TIME', default: '2ms' }),
    maxBody: flag(integer({ min: 1 }), 'bytes of a request', { value: 'N', default: '1000000' }),
    maxRows: flag(integer({ min: 1 }), 'rows of one request', { value: 'N', default: '1000' }),
    maxQueue: flag(integer({ min: 1 }), 'rows that may wait', { value: 'N', default: '1024' }),
    timeout: flag(duration, 'until a request is answered', { value: 'TIME', default: '10s' }),
  },
  examples: [
    'interplay serve runs/birdstrikes-autoint-1',
    'interplay serve runs/birdstrikes-autoint-1 --explain',
    'interplay serve a=runs/a b=runs/b --host 0.0.0.0 --token-file token',
  ],
  async run({ operands, options, signal, terminal }) {
    const [{ serve }, { createLog }, { labelled }] = await Promise.all([
      import('../../verbs/serve.ts'),
      import('../../server/index.ts'),
      import('../terminal/labelled.ts'),
    ])
    const { port, host, tokenFile, threads, maxBatch, maxWait, maxBody, maxRows, maxQueue, timeout } = options
    const given = Object.entries({ maxBatch, maxWait, maxBody, maxRows, maxQueue, timeout })
    const server = await serve(operands, {
      port,
      host,
      tokenFile,
      threads,
      device: options.device,
      explain: options.explain,
      workers: options.workers === 'auto' ? undefined : options.workers,
      limits: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
      log: terminal.quiet ? undefined : createLog(options.verbose ? 'debug' : 'info'),
    })
    try {
      await server.ready
      const line = JSON.stringify({ schema: 'interplay.serve/1', url: server.url })
      await terminal.result(
        options.json ? [line] : labelled('ready', server.url, terminal.style, { paint: terminal.style.good }),
      )
      await new Promise<void>(resolve => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve())
      })
    } finally {
      await server.close()
    }
    return { status: (signal.reason as DOMException).message === 'SIGTERM' ? 0 : 130 }
  },
})

export default serve
