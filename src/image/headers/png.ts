/** Whether the checksum of the IHDR chunk fits it (PNG, third edition, 5.3). Bun's decoder does not look. */
export function isHeaderIntact(bytes: Uint8Array): boolean {
  if (bytes.length < 33) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return crc32(bytes.subarray(12, 29)) === view.getUint32(29)
}

/** CRC-32 of ISO 3309, bit by bit: 17 bytes are not worth a table. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
