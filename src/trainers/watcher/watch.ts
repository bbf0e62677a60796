// Waits for the end of the pipe. Before it come the group, if one was started, and `done` when it has ended.
let said = ''
process.stdin.setEncoding('utf8')
for await (const text of process.stdin) said += String(text)
const [first = '', ...others] = said.split('\n')
if (first.startsWith('{') && !others.includes('done')) {
  const { pid, graceMs } = JSON.parse(first) as { pid: number; graceMs: number }
  if (kill(pid, 'SIGTERM')) {
    const until = Date.now() + graceMs
    while (Date.now() < until && kill(pid, 0)) await new Promise((resolve) => setTimeout(resolve, 100))
    kill(pid, 'SIGKILL')
  }
}

/** @returns whether there is still somebody in the group */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}
