import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { hasColor, hasUnicode, isLive, styleOf } from './capabilities.ts'
import { labelled } from './labelled.ts'
import { createStyle, plain } from './style.ts'
import { table } from './table.ts'
import { Terminal, type Output } from './terminal.ts'
import { widthOf, wrap } from './text.ts'

describe('capabilities', () => {
  const tty = { isTTY: true, columns: 80 }
  it('colour: NO_COLOR and --no-color win, then FORCE_COLOR, then the terminal', () => {
    expect(hasColor(tty, { TERM: 'xterm' })).toBe(true)
    expect(hasColor(tty, { TERM: 'xterm' }, false)).toBe(false)
    expect(hasColor(tty, { TERM: 'dumb' })).toBe(false)
    expect(hasColor(tty, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
    expect(hasColor(tty, { NO_COLOR: '' })).toBe(true)
    expect(hasColor({}, {})).toBe(false)
    expect(hasColor({}, { CI: 'true' })).toBe(false)
    expect(hasColor({}, { FORCE_COLOR: '1' })).toBe(true)
    expect(hasColor(tty, { FORCE_COLOR: '0' })).toBe(false)
  })
  it('a line is drawn over only on a terminal', () => {
    expect([isLive(tty, {}), isLive({}, { FORCE_COLOR: '1' }), isLive(tty, { TERM: 'dumb' })]).toEqual([
      true,
      false,
      false,
    ])
  })
  it('UTF-8 by the locale, the strongest variable first', () => {
    expect(hasUnicode({ LANG: 'en_GB.UTF-8' }, 'linux')).toBe(true)
    expect(hasUnicode({ LANG: 'C.utf8' }, 'linux')).toBe(true)
    expect(hasUnicode({ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, 'linux')).toBe(false)
    expect(hasUnicode({}, 'linux')).toBe(false)
    expect([hasUnicode({}, 'win32'), hasUnicode({ WT_SESSION: 'x' }, 'win32')]).toEqual([false, true])
  })
  it('nothing is wrapped off a terminal, nor past 100 columns', () => {
    expect([
      styleOf({}, {}).columns,
      styleOf({ isTTY: true, columns: 240 }, {}).columns,
      styleOf({ isTTY: true }, {}).columns,
    ]).toEqual([Infinity, 100, 80])
  })
})

describe('text', () => {
  it('is as wide as its columns', () => {
    const widths = { abc: 3, größe: 5, 'gro\u0308ße': 5, 名前: 4, '✓ × –': 5, '👍': 2, '👩‍👩‍👧': 2, '❤️': 2, '\u200b': 0 }
    for (const [text, width] of Object.entries(widths)) expect([text, widthOf(text)]).toEqual([text, width])
  })
  it('wraps at spaces and keeps long words whole', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
    expect(wrap('a https://example.org/long b', 5)).toEqual(['a', 'https://example.org/long', 'b'])
    expect(wrap('名前 名前', 5)).toEqual(['名前', '名前'])
    expect(wrap('as it is', Infinity)).toEqual(['as it is'])
  })
  it('from data moves no cursor and breaks no line', () => {
    expect(plain('a\u001b[2Jb\rc\nd\u202ee', createStyle())).toBe('a\\u001b[2Jb\\u000dc\\u000ad\\u202ee')
  })
  it('has our marks in letters where only letters show', () => {
    expect(plain('✓ ✗ – × ± − … größe', { unicode: false })).toBe('ok NO -- x +/- - ... größe')
  })
})

describe('table', () => {
  it('aligns by columns shown, colour apart', () => {
    const style = createStyle({ color: true })
    const lines = table(
      [{ title: 'n' }, { align: 'right' }],
      [
        ['名', { text: '1', paint: style.good }],
        ['abc', '22'],
      ],
      style,
    )
    expect(lines).toEqual(['\u001b[2mn\u001b[22m', '名     \u001b[32m1\u001b[39m', 'abc   22'])
  })
  it('narrows what may wrap, the widest first', () => {
    const columns = [{ wrap: true }, { wrap: true }]
    const lines = table(
      columns,
      [['the quick brown fox jumps over', 'a lazy dog sleeps on']],
      createStyle({ columns: 40 }),
    )
    expect(lines).toEqual(['the quick brown      a lazy dog sleeps', 'fox jumps over       on'])
    expect(
      table(columns, [['the quick brown fox jumps over', 'a lazy dog']], createStyle({ columns: Infinity })),
    ).toHaveLength(1)
  })
  it('lets a cell lie across columns without widening them', () => {
    expect(
      table(
        [{}, { align: 'right' }, {}],
        [['a', 'b', 'c'], [{ text: 'all of the columns', span: 3 }], [{ text: 'x', span: 2, align: 'right' }, 'y']],
        createStyle(),
      ),
    ).toEqual(['a   b   c', 'all of the columns', '    x   y'])
  })
})

it('a labelled text goes on under itself, a command whole', () => {
  const style = createStyle({ columns: 30 })
  expect(labelled('wrote', 'one two three four five', style)).toEqual(['wrote    one two three four', '         five'])
  expect(labelled('next', 'interplay explain runs/long-name', style, { whole: true })).toEqual([
    'next     interplay explain runs/long-name',
  ])
  expect(labelled('try', 'a\nb', style, { indent: 2, width: 7 })).toEqual(['  try    a', '         b'])
})

describe('terminal', () => {
  class Screen extends Writable {
    text = ''
    isTTY = true
    columns = 20
    override _write(chunk: Buffer, _encoding: string, done: () => void) {
      this.text += chunk
      done()
    }
  }
  const open = (environment: NodeJS.ProcessEnv, quiet = false) => {
    const [stdout, stderr] = [new Screen(), new Screen()]
    return {
      stdout,
      stderr,
      terminal: new Terminal({ stdout: stdout as Output, stderr: stderr as Output, environment, quiet }),
    }
  }
  const erase = '\r\u001b[2K'
  it('draws one line over another and clears it before anything else is said', async () => {
    const { terminal, stdout, stderr } = open({ TERM: 'xterm' })
    terminal.draw('half')
    terminal.draw('\u001b[36mmore\u001b[39m')
    terminal.progress(['row'])
    terminal.draw('a line too long for it')
    await terminal.result(['done'])
    expect(stderr.text).toBe(`${erase}half${erase}\u001b[36mmore\u001b[39m${erase}row\n${erase}${erase}`)
    expect(stdout.text).toBe('done\n')
  })
  it('draws nothing on a dumb terminal or when quiet; errors are still said', () => {
    for (const { terminal, stderr } of [open({ TERM: 'dumb' }), open({}, true)]) {
      terminal.draw('half')
      terminal.error(['error'])
      expect(stderr.text).toBe('error\n')
    }
  })
})
