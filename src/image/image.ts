/** Decoded pixels: 8 bits a channel, interleaved, row by row, EXIF orientation applied, alpha composited on white. */
export interface Image {
  readonly width: number
  readonly height: number
  /** 3: RGB. 4: RGB and a filler that nobody reads. */
  readonly channels: 3 | 4
  /** width · height · channels bytes. */
  readonly data: Uint8Array | Uint8ClampedArray
}

/** The pixels as plain bytes, without a copy: loops over one kind of array stay fast. */
export function pixelBytes(image: Image): Uint8Array {
  const { data } = image
  return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
