/** The first Bun whose behaviour lsml was tested with: older ones crash on exit with ONNX Runtime and lack `Bun.Image`. */
const OLDEST = [1, 4, 5] as const

/**
 * Why lsml cannot run here, and how to get what it needs.
 *
 * @param version of Bun; undefined in another runtime
 * @returns undefined when all is well
 */
export function runtimeProblem(version: string | undefined): string | undefined {
  if (version !== undefined && isRecent(version)) return undefined
  const found = version === undefined ? 'this is another runtime' : `this is Bun \`${version}\``
  return (
    `lsml runs on Bun ${OLDEST.join('.')} or newer, and ${found}. Get it with one of\n` +
    '  npm install --save-dev bun                  then npx lsml …\n' +
    '  curl -fsSL https://bun.com/install | bash   for this machine\n' +
    '  bun upgrade                                 when Bun is installed'
  )
}

function isRecent(version: string): boolean {
  const parts = version.split(/[.+-]/).map(Number)
  for (const [index, wanted] of OLDEST.entries()) {
    const part = parts[index] ?? 0
    if (part !== wanted) return part > wanted
  }
  return true
}
