import { expect, test } from 'bun:test'
import { LOG_LEVELS, type LogLevel, silentLogger } from '../src/log.ts'

// In a process of its own, because what counts is which stream the bytes end in.
async function logged(level: LogLevel, lines: string): Promise<{ stdout: string; stderr: string }> {
  const code = `import { createLogger } from '../src/log.ts'; const log = createLogger('${level}', { project: '12' }); ${lines}`
  const child = Bun.spawn([process.execPath, '-e', code], {
    cwd: import.meta.dir,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  expect(await child.exited).toBe(0)
  return { stdout, stderr }
}

const oneOfEach = "log.error('E!'); log.warn('W!'); log.info('I!'); log.debug('D!')"

test('everything goes to stderr, and stdout stays free for data', async () => {
  const { stdout, stderr } = await logged('debug', oneOfEach)
  expect(stdout).toBe('')
  for (const message of ['E!', 'W!', 'I!', 'D!']) expect(stderr).toContain(message)
})

test.each([
  ['silent', []],
  ['error', ['E!']],
  ['warn', ['E!', 'W!']],
  ['info', ['E!', 'W!', 'I!']],
] as const)('at level %s one sees %p', async (level, seen) => {
  const { stderr } = await logged(level, oneOfEach)
  expect(stderr.match(/[EWID]!/g) ?? []).toEqual([...seen])
})

test('fields follow the message: those of the logger, of `with`, and of the line, the later for the earlier', async () => {
  const { stderr } = await logged(
    'info',
    "log.with({ request: 'r-1', project: '13' }).info('read', { ms: 7, gone: undefined, path: 'a b.png', project: '14' })",
  )
  expect(stderr).toContain('read (project=14 request=r-1 ms=7 path="a b.png")')
})

test('a logger made by `with` leaves the first as it was', async () => {
  const { stderr } = await logged('info', "log.with({ task: 3 }).info('a'); log.info('b')")
  expect(stderr).toContain('a (project=12 task=3)')
  expect(stderr).toContain('b (project=12)')
})

test('line breaks in a field do not make a second line of log', async () => {
  const { stderr } = await logged('info', String.raw`log.info('read', { name: 'x\n[error] forged' })`)
  expect(stderr).toContain(String.raw`name="x\n[error] forged"`)
})

test('what a stranger sent neither begins a line nor commands the terminal', async () => {
  const { stderr } = await logged(
    'info',
    String.raw`log.info('no key: \`x\r\n[error] forged\r[error] forged\n ERROR  forged\u001b[2J\x9b2J\`')`,
  )
  expect(stderr.split('\n').filter((line) => /^ ?(\[error\]|ERROR)/.test(line))).toEqual([])
  for (const command of ['\r', '\u001b[2J', '\x9b']) expect(stderr).not.toContain(command)
  expect(stderr).toContain(String.raw`\u001b[2J\u009b2J`)
})

test('the lines of a stack stay lines', async () => {
  const { stderr } = await logged('info', "log.error('Error: a\\n    at b\\n    at c')")
  expect(stderr).toContain('Error: a\n      at b\n      at c')
})

test('the silent logger is silent with further fields, too', () => {
  expect(silentLogger.with({ project: '1' })).toBe(silentLogger)
})

test('levels are listed from none to all', () => {
  expect([...LOG_LEVELS]).toEqual(['silent', 'error', 'warn', 'info', 'debug'])
})
