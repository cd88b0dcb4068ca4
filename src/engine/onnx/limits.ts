import type { DescField, DescMessage } from '@bufbuild/protobuf'
import { ScalarType } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { InterplayError } from '../../errors/index.ts'

/** What a file from elsewhere may cost to decode. */
export interface Limits {
  /** Messages inside messages: a graph inside an If inside a Loop takes 3 per level. */
  depth: number
  /** Messages in all: nodes, attributes, values, their types and dimensions. */
  messages: number
  /** Numbers and strings outside `raw_data`, each of which becomes a JavaScript value. */
  values: number
}

export const defaultLimits: Limits = { depth: 64, messages: 1_000_000, values: 2 ** 24 }

/**
 * Walks the wire format of a message before anything is allocated for it: every length lies inside its parent, every
 * field has its schema's wire type, and the totals stay within `limits`.
 *
 * @throws InterplayError `onnx/corrupt` with the byte position, `onnx/size` beyond a limit.
 */
export function checkWire(schema: DescMessage, bytes: Uint8Array, file: string, limits: Limits = defaultLimits): void {
  new WireCheck(bytes, file, limits).message(schema, bytes.length, 1)
}

export function corrupt(file: string, why: string, position?: number): InterplayError {
  const place = position === undefined ? '' : `: field at byte ${position.toLocaleString('en')}`
  return new InterplayError('onnx/corrupt', `'${file}' is not a whole ONNX file${place}`, { why })
}

class WireCheck {
  private readonly reader: BinaryReader
  private messages = 0
  private values = 0

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
    private readonly limits: Limits,
  ) {
    this.reader = new BinaryReader(bytes)
  }

  message(schema: DescMessage, end: number, depth: number): void {
    if (depth > this.limits.depth) throw this.beyond('levels of nesting', this.limits.depth)
    if (++this.messages > this.limits.messages) throw this.beyond('nodes, attributes and values', this.limits.messages)
    const fields = fieldsOf(schema)
    while (this.reader.pos < end) {
      const start = this.reader.pos
      try {
        const [number, wire] = this.reader.tag()
        this.field(fields.get(number), number, wire, end, depth)
      } catch (error) {
        if (error instanceof InterplayError) throw error
        throw corrupt(this.file, (error as Error).message, start)
      }
      if (this.reader.pos > end) throw corrupt(this.file, `the field runs past the end of its ${schema.name}`, start)
    }
  }

  private field(field: DescField | undefined, number: number, wire: WireType, end: number, depth: number): void {
    const { reader } = this
    if (!field || wire !== WireType.LengthDelimited) {
      if (field && wire !== wireOf(field)) throw new Error(`${field} has wire type ${WireType[wire]}`)
      if (field?.fieldKind === 'list') this.count(1)
      reader.skip(wire, number, this.limits.depth)
      return
    }
    const length = reader.uint32()
    const stop = reader.pos + length
    if (stop > end) throw new Error(`${field} of ${length.toLocaleString('en')} bytes runs past byte ${end}`)
    if (field.message) return this.message(field.message, stop, depth + 1)
    if (wireOf(field) === WireType.LengthDelimited) {
      if (field.fieldKind === 'list') this.count(1)
    } else if (field.fieldKind === 'list') this.packed(field, stop)
    else throw new Error(`${field} has wire type ${WireType[wire]}`)
    reader.pos = stop
  }

  /** Packed numbers: fixed widths must divide the length, the last varint must end. */
  private packed(field: DescField, stop: number): void {
    const { reader, bytes } = this
    const wire = wireOf(field)
    if (wire === WireType.Varint) {
      let ends = 0
      for (let at = reader.pos; at < stop; at++) if (bytes[at]! < 0x80) ends++
      if (stop > reader.pos && bytes[stop - 1]! >= 0x80) throw new Error(`the last number of ${field} does not end`)
      return this.count(ends)
    }
    const width = wire === WireType.Bit32 ? 4 : 8
    if ((stop - reader.pos) % width !== 0) throw new Error(`${field} is not a whole number of values`)
    this.count((stop - reader.pos) / width)
  }

  private count(values: number): void {
    this.values += values
    if (this.values > this.limits.values) throw this.beyond('numbers and strings outside raw data', this.limits.values)
  }

  private beyond(what: string, limit: number): InterplayError {
    return new InterplayError('onnx/size', `'${this.file}' has more than ${limit.toLocaleString('en')} ${what}`, {
      where: `byte ${this.reader.pos.toLocaleString('en')}`,
    })
  }
}

const fieldsByNumber = new WeakMap<DescMessage, Map<number, DescField>>()

function fieldsOf(schema: DescMessage): Map<number, DescField> {
  const known = fieldsByNumber.get(schema)
  if (known) return known
  const fields = new Map(schema.fields.map(field => [field.number, field]))
  fieldsByNumber.set(schema, fields)
  return fields
}

/** The wire type of one value of a field. */
function wireOf(field: DescField): WireType {
  if (field.message) return WireType.LengthDelimited
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64
    default:
      return WireType.Varint
  }
}
