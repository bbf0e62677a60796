import type { Tensor } from '../session.ts'

/** Types of the Open Inference Protocol that lsml computes with. */
export const DATATYPES = {
  float32: 'FP32',
  float16: 'FP16',
  int64: 'INT64',
  int32: 'INT32',
  uint8: 'UINT8',
  bool: 'BOOL',
} as const satisfies Record<Tensor['type'], string>

/** A tensor's type by the name that the protocol has for it; undefined for one that lsml does not compute with. */
export function typeOf(datatype: string): Tensor['type'] | undefined {
  return TYPES.find((type) => DATATYPES[type] === datatype)
}

/** For messages: also of the types that lsml does not compute with. */
export function typeName(datatype: string): string {
  return (
    typeOf(datatype) ??
    datatype
      .replace(/^FP/, 'float')
      .replace(/^BYTES$/, 'string')
      .toLowerCase()
  )
}

/** A tensor over numbers in the byte order of the protocol, which is that of every machine that lsml runs on. */
export function tensorOfBytes(type: Tensor['type'], bytes: Uint8Array, dims: readonly number[]): Tensor {
  // Into a buffer of its own: numbers must begin at a multiple of their size.
  const { buffer } = bytes.slice()
  switch (type) {
    case 'float32':
      return { type, data: new Float32Array(buffer), dims }
    case 'float16':
      return { type, data: new Uint16Array(buffer), dims }
    case 'int64':
      return { type, data: new BigInt64Array(buffer), dims }
    case 'int32':
      return { type, data: new Int32Array(buffer), dims }
    case 'uint8':
    case 'bool':
      return { type, data: new Uint8Array(buffer), dims }
  }
}

const TYPES = Object.keys(DATATYPES) as Tensor['type'][]
