let done: Promise<void> | undefined

/**
 * ONNX Runtime reports its use to Microsoft unless `ORT_DISABLE_TELEMETRY` is in the real environment of the process
 * when the first session is made. In Bun `process.env` does not reach that environment, so the C library is called.
 */
export function disableTelemetry(): Promise<void> {
  done ??= setVariable('ORT_DISABLE_TELEMETRY', '1')
  return done
}

async function setVariable(name: string, value: string): Promise<void> {
  process.env[name] = value
  if (typeof Bun === 'undefined') return
  const { dlopen } = await import('bun:ffi')
  if (process.platform === 'win32') {
    const library = dlopen('ucrtbase.dll', { _putenv_s: { args: ['ptr', 'ptr'], returns: 'int' } })
    library.symbols._putenv_s(cString(name), cString(value))
    return
  }
  const path = process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6'
  const library = dlopen(path, { setenv: { args: ['ptr', 'ptr', 'int'], returns: 'int' } })
  library.symbols.setenv(cString(name), cString(value), 1)
}

function cString(content: string): Uint8Array {
  return new TextEncoder().encode(`${content}\0`)
}
