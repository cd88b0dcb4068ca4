import { formatCount } from '../../charts/format.ts'
import { parseTable } from './csv.ts'
import { element } from './dom.ts'
import { Curve } from './curve.ts'
import { faultOf, type Fault } from './fault.ts'
import type { Learned, Reply, Request, Row } from './messages.ts'
import { sheet } from './page-style.ts'
import { answerText, faultLines, resultOf, rowForm, warningLines } from './result.ts'

document.head.append(element('style', {}, sheet))

const part = <Found extends HTMLElement>(selector: string): Found => document.querySelector<Found>(selector)!
const settings = part<HTMLFormElement>('#settings')
const control = <Found extends HTMLElement>(name: string): Found =>
  settings.elements.namedItem(name) as unknown as Found
const [train, stop] = [control<HTMLButtonElement>('train'), control<HTMLButtonElement>('stop')]
const chosen = control<HTMLInputElement>('file')
const curve = new Curve(part('#curve'))
let worker: Worker | undefined = begun()
/** After one that failed there is a new one. */
const ask = (request: Request) => (worker ??= begun()).postMessage(request)

let table: { name: string; fields: readonly string[]; rows: readonly Row[] } = { name: '', fields: [], rows: [] }
let learned: Learned | undefined

/** What a page can name without loading the library: the worker has it. */
const systems = ['autoint', 'dcnv2', 'deepfm', 'dnn', 'finalmlp', 'fm', 'logistic']
control('system').replaceChildren(...systems.map(name => element('option', {}, name)))
part('#place').textContent = self.crossOriginIsolated
  ? 'WebAssembly with SIMD and threads.'
  : 'WebAssembly with SIMD, one thread: this page was served without the headers that threads need.'

function take(name: string, content: ArrayBuffer, derived: readonly string[] = []): void {
  const { fields, rows } = parseTable(name, new Uint8Array(content))
  table = { name, fields, rows }
  const targets = [...derived, ...fields]
  control('target').replaceChildren(...targets.map(field => element('option', { value: field }, field)))
  part('#source').textContent = `${name}   ${formatCount(rows.length)} rows, ${fields.length} fields`
}

async function takeFile(file: File | undefined): Promise<void> {
  if (!file) return
  try {
    take(file.name, await file.arrayBuffer())
    part('#fault').replaceChildren()
  } catch (error) {
    // It names no file that was not taken, and the same one can be chosen again once it is mended.
    chosen.value = ''
    fail(faultOf(error))
  }
}

/** The table that is served beside the page, where no other was chosen before it came. */
async function takeShipped(): Promise<void> {
  const shipped = await fetch('birdstrikes.csv').catch(() => undefined)
  const content = shipped?.ok ? await shipped.arrayBuffer() : undefined
  if (table.name !== '') return
  if (content) take('birdstrikes', content, ['damage'])
  else part('#source').textContent = 'birdstrikes.csv is not served beside this page: choose a file.'
}

const fail = (fault: Fault) => part('#fault').replaceChildren(...faultLines(fault))

const drop = part('.drop')
drop.addEventListener('dragover', event => {
  event.preventDefault()
  drop.classList.add('over')
})
drop.addEventListener('dragleave', () => drop.classList.remove('over'))
drop.addEventListener('drop', event => {
  event.preventDefault()
  drop.classList.remove('over')
  chosen.value = ''
  void takeFile(event.dataTransfer?.files[0])
})
chosen.addEventListener('change', () => void takeFile(chosen.files?.[0]))

settings.addEventListener('submit', event => {
  event.preventDefault()
  const asked = new FormData(settings)
  busy(true)
  curve.begin()
  tell('the rows are being read', true)
  part('#fault').replaceChildren()
  hideResult()
  ask({
    kind: 'fit',
    ...table,
    target: String(asked.get('target')),
    system: String(asked.get('system')),
    epochs: Number(asked.get('epochs')),
    seed: Number(asked.get('seed')),
  })
})
stop.addEventListener('click', () => ask({ kind: 'stop' }))

/** Of the two buttons one is of use; focus stays with it. */
function busy(on: boolean): void {
  const [next, last] = on ? [stop, train] : [train, stop]
  next.disabled = false
  if (document.activeElement === last) next.focus()
  last.disabled = true
}

let told = -Infinity

/** Tells those who hear the page how far it is, every ten seconds at most. */
function tell(text: string, now = false): void {
  if (!now && performance.now() - told < 10_000) return
  told = performance.now()
  part('#live').textContent = text
}

function begun(): Worker {
  const made = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  made.onmessage = hear
  made.onerror = ({ message }) => {
    made.terminate()
    worker = undefined
    end()
    hideResult()
    fail({ code: 'internal/page', message: message || 'the worker that trains did not start', try: 'train again' })
  }
  return made
}

function hear({ data }: MessageEvent<Reply>): void {
  if (data.kind === 'progress') {
    curve.add(data.progress)
    tell(`epoch ${data.progress.epoch}`)
  } else if (data.kind === 'prepared') {
    curve.prepared(data)
    part('#fault').replaceChildren(...warningLines(data.warnings))
  } else if (data.kind === 'learned') show(data)
  else if (data.kind === 'answer') showAnswer(answerText(data.prediction, learned!))
  else if (data.kind === 'bundle') download(data.files)
  else if (data.asked === 'predict') showAnswer('', faultLines(data.fault))
  else {
    if (data.asked === 'fit') end()
    fail(data.fault)
  }
}

function end(): void {
  busy(false)
  curve.end()
}

function show(result: Learned): void {
  end()
  learned = result
  part('#result').replaceChildren(...resultOf(result, () => ask({ kind: 'bundle' })))
  part('#row').replaceChildren(...rowForm(result, row => ask({ kind: 'predict', row })))
  for (const id of ['#result', '#row']) part(id).hidden = false
  tell('training is over', true)
}

function hideResult(): void {
  for (const id of ['#result', '#row']) part(id).hidden = true
}

/** An answer takes the place of a fault, and a fault that of an answer. */
function showAnswer(text: string, faults: readonly Node[] = []): void {
  part('#answer').textContent = text
  part('#row-fault').replaceChildren(...faults)
}

function download(files: Readonly<Record<string, Uint8Array | string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const href = URL.createObjectURL(new Blob([content as BlobPart]))
    element('a', { href, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(href), 60_000)
  }
}

await takeShipped()
