import { createApp } from '../../src/server/app.ts'
import { serve } from '../../src/server/serve.ts'
import { silentLogger } from '../../src/log.ts'
import { fakeRunner } from '../server/_app.ts'

/**
 * How long a request with thousands of tasks holds up all others: the longest stretch for which the server's event loop
 * did nothing else, in milliseconds of its own computing time, which a busy machine does not lengthen.
 *
 * Usage: bun tests/bench/large-body.ts [tasks]
 */
const count = Number(process.argv[2] ?? 8_000)
const region = {
  id: 'r',
  from_name: 'label',
  to_name: 'image',
  type: 'rectanglelabels',
  original_width: 864,
  original_height: 1296,
  value: { x: 10.123, y: 20.33, width: 30.1, height: 5.25, rotation: 0, rectanglelabels: ['Car'] },
}
const annotations = Array.from({ length: 4 }, (_, id) => ({
  id,
  result: Array.from({ length: 6 }, () => region),
}))
const body = JSON.stringify({
  tasks: Array.from({ length: count }, (_, id) => ({
    id,
    data: { image: `/data/upload/12/${id}.png` },
    annotations,
  })),
  label_config: '<View/>',
})

await using server = await serve(createApp(fakeRunner(), { log: silentLogger }), { port: 0 })
/** From another process, so that what it computes does not count here. */
const send = async () => {
  const child = Bun.spawn(
    [
      process.execPath,
      '-e',
      `await (await fetch(process.argv[1], { method: 'POST', body: Bun.stdin.stream() })).text()`,
      `${server.url}/predict`,
    ],
    { stdin: new Blob([body]), stdout: 'ignore', stderr: 'inherit' },
  )
  if ((await child.exited) !== 0) throw new Error('The request failed.')
}

const computed = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
let longest = 0
let last = computed()
const watch = setInterval(() => {
  const now = computed()
  longest = Math.max(longest, now - last)
  last = now
}, 1)

await send()
for (let round = 0; round < 3; round++) {
  longest = 0
  await send()
  console.log(
    `${(body.length / 1e6).toFixed(0)} MB, ${count} tasks: others waited for ${longest.toFixed(0)} ms at most`,
  )
}
clearInterval(watch)
last = computed()
JSON.parse(body)
console.log(`JSON.parse of it: ${(computed() - last).toFixed(0)} ms`)
