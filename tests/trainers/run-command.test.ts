import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'
import { runCommand } from '../../src/trainers/run-command.ts'
import { rejection } from '../media/servers.ts'
import { isAlive, until } from './processes.ts'

/** Neither it nor its child minds SIGTERM. It says who they are. */
const STUBBORN = 'trap "" TERM; sleep 300 & echo "$$ $!"; wait; wait'
const source = resolve(import.meta.dir, '../../src/trainers/run-command.ts')

function pidsOf(line: string): readonly number[] {
  return line.trim().split(' ').map(Number)
}

test('lines of both streams are told as they come, those of a bar and the last one too', async () => {
  const lines: string[] = []
  const command = ['sh', '-c', 'printf "10%%\\r20%%\\r\\nü\\n\\nlast"; echo wrong >&2'] as const
  await runCommand(command, { signal: new AbortController().signal, onLine: (line) => void lines.push(line) })
  expect(lines.filter((line) => line !== 'wrong')).toEqual(['10%', '20%', 'ü', 'last'])
  expect(lines).toContain('wrong')
})

test('all of the group end when it is cancelled, by force where they do not mind', async () => {
  const controller = new AbortController()
  let pids: readonly number[] = []
  const running = runCommand(['sh', '-c', STUBBORN], {
    signal: controller.signal,
    graceMs: 200,
    onLine(line) {
      pids = pidsOf(line)
      controller.abort()
    },
  })
  expect(await rejection(running)).toMatchObject({ code: 'CANCELLED' })
  expect(pids).toHaveLength(2)
  await until(() => !pids.some(isAlive))
})

test('a program that tidies up after SIGTERM has the time for it', async () => {
  const controller = new AbortController()
  const lines: string[] = []
  const running = runCommand(
    ['sh', '-c', 'trap "echo tidied; exit 0" TERM; echo ready; while :; do sleep 0.1; done'],
    {
      signal: controller.signal,
      onLine(line) {
        lines.push(line)
        if (line === 'ready') controller.abort()
      },
    },
  )
  expect(await rejection(running)).toMatchObject({ code: 'CANCELLED' })
  expect(lines).toContain('tidied')
})

test('nothing is started after it was cancelled', async () => {
  const running = runCommand(['no-such-program'], { signal: AbortSignal.abort(), onLine: () => undefined })
  expect(await rejection(running)).toMatchObject({ code: 'CANCELLED' })
})

test.skipIf(process.platform === 'win32')(
  'all of the group end with the process that trains, even when that is killed',
  async () => {
    const code = `
      import { runCommand } from ${JSON.stringify(source)}
      await runCommand(['sh', '-c', ${JSON.stringify(STUBBORN)}], {
        signal: new AbortController().signal,
        graceMs: 300,
        onLine: (line) => console.log(line),
      })`
    const child = Bun.spawn([process.execPath, '--no-orphans', '-e', code], {
      cwd: join(import.meta.dir, '../..'),
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const { value } = await child.stdout.getReader().read()
    const pids = pidsOf(new TextDecoder().decode(value))
    expect(pids.map(isAlive)).toEqual([true, true])
    child.kill('SIGKILL')
    await child.exited
    await until(() => !pids.some(isAlive))
  },
  60_000,
)
