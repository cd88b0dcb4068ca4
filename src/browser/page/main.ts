import { formatCount } from '../../charts/format.ts'
import { parseTable } from './csv.ts'
import { element } from './dom.ts'
import { Curve } from './curve.ts'
import type { Learned, Reply, Request, Row } from './messages.ts'
import { sheet } from './page-style.ts'
import { answerText, faultLines, resultOf, rowForm, warningLines } from './result.ts'

document.head.append(element('style', {}, sheet))

const part = <Found extends HTMLElement>(selector: string): Found => document.querySelector<Found>(selector)!
const settings = part<HTMLFormElement>('#settings')
const control = <Found extends HTMLElement>(name: string): Found =>
  settings.elements.namedItem(name) as unknown as Found
const [train, stop] = [control<HTMLButtonElement>('train'), control<HTMLButtonElement>('stop')]
const curve = new Curve(part('#curve'))
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const ask = (request: Request) => worker.postMessage(request)

let table: { name: string; rows: readonly Row[] } = { name: '', rows: [] }

/** What a page can name without loading the library: the worker has it. */
const systems = ['autoint', 'dcnv2', 'deepfm', 'dnn', 'finalmlp', 'fm', 'logistic']
control('system').replaceChildren(...systems.map(name => element('option', {}, name)))
part('#place').textContent = self.crossOriginIsolated
  ? 'WebAssembly with SIMD and threads.'
  : 'WebAssembly with SIMD, one thread: this page was served without the headers that threads need.'

function take(name: string, text: string, derived: readonly string[] = []): void {
  const { fields, rows } = parseTable(text)
  table = { name, rows }
  const targets = [...derived, ...fields]
  control('target').replaceChildren(...targets.map(field => element('option', {}, field)))
  part('#source').textContent = `${name}   ${formatCount(rows.length)} rows, ${fields.length} fields`
}

async function takeFile(file: File | undefined): Promise<void> {
  if (file) take(file.name, await file.text())
}

const drop = part('.drop')
drop.addEventListener('dragover', event => {
  event.preventDefault()
  drop.classList.add('over')
})
drop.addEventListener('dragleave', () => drop.classList.remove('over'))
drop.addEventListener('drop', event => {
  event.preventDefault()
  drop.classList.remove('over')
  void takeFile(event.dataTransfer?.files[0])
})
control('file').addEventListener('change', () => void takeFile(control<HTMLInputElement>('file').files?.[0]))

settings.addEventListener('submit', event => {
  event.preventDefault()
  const chosen = new FormData(settings)
  const { name, rows } = table
  busy(true)
  curve.begin()
  part('#fault').replaceChildren()
  for (const id of ['#result', '#row']) part(id).hidden = true
  ask({
    kind: 'fit',
    name,
    rows,
    target: String(chosen.get('target')),
    system: String(chosen.get('system')),
    epochs: Number(chosen.get('epochs')),
    seed: Number(chosen.get('seed')),
  })
})
stop.addEventListener('click', () => ask({ kind: 'stop' }))

function busy(on: boolean): void {
  train.disabled = on
  stop.disabled = !on
}

let told = -Infinity

/** Tells those who hear the page how far it is, every ten seconds at most. */
function tell(text: string, now = false): void {
  if (!now && performance.now() - told < 10_000) return
  told = performance.now()
  part('#live').textContent = text
}

worker.onmessage = ({ data }: MessageEvent<Reply>) => {
  if (data.kind === 'progress') {
    curve.add(data.progress)
    tell(`epoch ${data.progress.epoch}`)
  } else if (data.kind === 'prepared') {
    curve.begin(data.rows.valid)
    part('#fault').replaceChildren(...warningLines(data.warnings))
  } else if (data.kind === 'learned') show(data)
  else if (data.kind === 'answer') {
    part('#answer').textContent = answerText(data.prediction, control<HTMLSelectElement>('target').value, positive)
  } else if (data.kind === 'bundle') download(data.files)
  else {
    busy(false)
    part('#fault').replaceChildren(...faultLines(data.fault))
  }
}

let positive = ''

function show(learned: Learned): void {
  busy(false)
  positive = learned.positive ?? ''
  part('#result').replaceChildren(...resultOf(learned, () => ask({ kind: 'bundle' })))
  part('#row').replaceChildren(...rowForm(learned, row => ask({ kind: 'predict', row })))
  for (const id of ['#result', '#row']) part(id).hidden = false
  tell('training is over', true)
}

function download(files: Readonly<Record<string, Uint8Array | string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const href = URL.createObjectURL(new Blob([content as BlobPart]))
    element('a', { href, download: name.replaceAll('/', '-') }).click()
    setTimeout(() => URL.revokeObjectURL(href), 60_000)
  }
}

const shipped = await fetch('birdstrikes.csv')
take('birdstrikes', await shipped.text(), ['damage'])
