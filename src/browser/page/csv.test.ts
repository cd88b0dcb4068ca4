import { describe, expect, it } from 'vitest'
import { parseTable } from './csv.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const latin1 = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0))

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length))
  Array.from(text).forEach((character, i) => view.setUint16(2 * i, character.charCodeAt(0), littleEndian))
  return new Uint8Array(view.buffer)
}

describe('a CSV file in the page', () => {
  it.each([
    ['spaces after commas, in names and cells', 'a, sold\n1, yes\n', ['a', 'sold'], [['1', ' yes']]],
    ['a byte order mark', '\uFEFFa,b\n1,2\n', ['a', 'b'], [['1', '2']]],
    ['blank lines anywhere', '\n\na,b\n\n1,2\r\n\r\n3,4\n\n', ['a', 'b'], [['1', '2'], ['3', '4']]], // prettier-ignore
    ['one field, where a blank line is a missing value', 'a\n1\n\n2\n', ['a'], [['1'], [''], ['2']]],
    ['quotes', '"a","b"\r\n"x, ""y""","two\nlines"\r\n', ['a', 'b'], [['x, "y"', 'two\nlines']]],
    ['no line break at the end', 'a,b\n1,', ['a', 'b'], [['1', '']]],
    ['lines that end by carriage returns', 'a,b\r1,2\r', ['a', 'b'], [['1', '2']]],
    ['a field without a name', ',b\n1,2\n', ['field1', 'b'], [['1', '2']]],
    ['names that are integers', '9,2\nx,y\n', ['9', '2'], [['x', 'y']]],
  ])('is read with %s', (_, text, fields, cells) => {
    const table = parseTable('a.csv', utf8(text))
    expect(table.fields).toEqual(fields)
    expect(table.rows.map(row => fields.map(field => row[field]))).toEqual(cells)
  })

  it('is read as UTF-16 where it says so, and by tabs where its name does', () => {
    const text = '\uFEFFcafé,b\nü,2\n'
    for (const bytes of [utf16(text, true), utf16(text, false)]) {
      expect(parseTable('a.csv', bytes)).toEqual({ fields: ['café', 'b'], rows: [{ café: 'ü', b: '2' }] })
    }
    expect(parseTable('a.tsv', utf8('a\tb\n1\t2\n')).rows).toEqual([{ a: '1', b: '2' }])
  })

  it.each([
    ['age,b,AGE\n1,2,3\n', 'data/duplicate-field', "'a.csv' names 'age' twice, columns 1 and 3"],
    ['a,a,a,b,b\n1,2,3,4,5\n', 'data/duplicate-field', "'a.csv' names 'a' 3 times, columns 1, 2 and 3; 'b' twice, columns 4 and 5"], // prettier-ignore
    ['a;b\n1,5;2\n', 'data/delimiter', "'a.csv' reads as one field; ';' separates its lines"],
    ['a\tb\n1\t2\n', 'data/delimiter', String.raw`'a.csv' reads as one field; '\t' separates its lines`],
    ['a,b\n1,2\n1\n1,2,3\n', 'data/ragged', "'a.csv' line 3 has 1 values, the header 2 (2 such lines)"],
    ['a,b\n\n"x\ny",2\n1\n', 'data/ragged', "'a.csv' line 5 has 1 values, the header 2"],
    ['a,b\n1,"2\n3,4\n5,6\n', 'data/ragged', "'a.csv' line 2 has a misplaced or unclosed quote"],
    ['a,b\n"1"x,2\n', 'data/ragged', "'a.csv' line 2 has a misplaced or unclosed quote"],
    ['', 'data/empty', "'a.csv' is empty"],
    ['a,b\n\n', 'data/empty', "'a.csv' has a header and no rows"],
  ])('%j is refused', (text, code, message) => {
    expect(() => parseTable('a.csv', utf8(text))).toThrow(expect.objectContaining({ code, message }))
  })

  it.each([
    [latin1('a,b\nx,caf\xe9\n'), 'at byte 9, line 2'],
    [latin1('\xef\xbb\xbfa,b\n1,2\n\xe9'), 'at byte 11, line 3'],
    [Uint8Array.from([...utf8('a,b\n'), 0xe2, 0x82]), 'at byte 4, line 2'],
  ])('%j is not UTF-8', (bytes, place) => {
    const message = `'a.csv' is not UTF-8 ${place}`
    expect(() => parseTable('a.csv', bytes)).toThrow(expect.objectContaining({ code: 'data/encoding', message }))
  })
})
