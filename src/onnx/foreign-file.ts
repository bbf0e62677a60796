/**
 * What a file that is no ONNX looks like, from its first bytes, with what to do.
 *
 * @returns the rest of a sentence that begins with the file; undefined when it may be ONNX
 */
export function describeForeignFile(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'is empty. Get it again.'
  const head = String.fromCharCode(...bytes.subarray(0, 512))
  if (head.startsWith('version https://git-lfs')) {
    return 'is a Git LFS pointer, not the model itself. Run `git lfs pull` in its repository.'
  }
  if (/^\s*<(!doctype|html|\?xml|head)/i.test(head)) {
    return 'is a web page (HTML), not ONNX. The download was probably refused: open its address in a browser.'
  }
  // PyTorch: a zip since 1.6, a pickle (protocol 2 and later begin with 0x80) before.
  if (head.startsWith('PK\x03\x04') || (bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5)) {
    return 'looks like a PyTorch checkpoint (.pth or .pt), not ONNX. Export it to ONNX first.'
  }
  if (head.startsWith('\x89HDF')) return 'is HDF5 (Keras), not ONNX. Export it to ONNX first, with tf2onnx.'
  if (head.slice(4, 8) === 'TFL3')
    return 'is TensorFlow Lite, not ONNX. Export it to ONNX first, with tf2onnx.'
  if (head.slice(4, 8) === 'ORTM')
    return 'is in the ORT format, not ONNX. Use the ONNX file it was made from.'
  if (head.startsWith('\x1f\x8b')) return 'is compressed with gzip. Unpack it first.'
  if (/^\s*[{[]\s*["\]}]/.test(head)) return 'is JSON, not ONNX. Give the path of the model file.'
  // GraphDef: field 1 (a node), its field 1 (a name), and an operator name such as Placeholder.
  if (/^\n[\s\S]{1,3}\n/.test(head) && /Placeholder|Const|saved_model/.test(head)) {
    return 'looks like a TensorFlow graph (.pb), not ONNX. Export it to ONNX first, with tf2onnx.'
  }
  return undefined
}
