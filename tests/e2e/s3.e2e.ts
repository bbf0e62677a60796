import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createS3Files } from '../../src/training/s3-files.ts'
import { createFolderFiles, type VersionFiles } from '../../src/training/version-files.ts'
import type { FoundVenv } from '../_helpers/python-venv.ts'
import { tempDir } from '../_helpers/temp-dir.ts'
import {
  findMoto,
  findRclone,
  type RcloneServer,
  type S3Server,
  startMoto,
  startRclone,
} from './s3/servers.ts'

const rclone = await findRclone()
const moto = await findMoto()

describe.skipIf('absent' in rclone)(nameOf('rclone', rclone), () => {
  let s3: RcloneServer
  beforeAll(async () => {
    if ('folder' in rclone) s3 = await startRclone(rclone)
  })
  afterAll(() => s3?.[Symbol.asyncDispose]())

  test('the files of a version come from one machine to another as they are', async () => {
    using here = machine(s3)
    using there = machine(s3)
    const content = { 'model.bin': new Uint8Array(12_000_000).fill(7), 'a/b c/ä+%.json': '{"x":1}' }
    const version = await train(here.files, '0.0.1+1', content)
    const [folder, same] = await Promise.all([there.files.open(version), there.files.open(version)])
    expect(folder).toStartWith(there.path)
    expect(same).toBe(folder)
    expect(readFileSync(join(folder, 'a/b c/ä+%.json'), 'utf8')).toBe('{"x":1}')
    expect(Bun.file(join(folder, 'model.bin')).size).toBe(12_000_000)
    expect(readdirSync(dirname(folder))).toHaveLength(1)
    // Not fetched again.
    await Bun.write(join(folder, 'mark'), '')
    expect(existsSync(join(await there.files.open(version), 'mark'))).toBe(true)
  })

  test('a file that was changed or is gone is refused, and leaves nothing', async () => {
    using here = machine(s3)
    using there = machine(s3)
    const version = await train(here.files, '0.0.1+2', { 'model.bin': 'learnt' })
    const object = join(s3.folder, 'team/projects/1/versions/0.0.1+2/model.bin')
    writeFileSync(object, 'LEARNT')
    await expect(there.files.open(version)).rejects.toThrow(/model\.bin` is not what the training left/)
    await here.files.remove(version)
    expect(existsSync(object)).toBe(false)
    expect(existsSync(await createFolderFiles(here.path).open(version))).toBe(false)
    await expect(there.files.open(version)).rejects.toThrow(/cannot be read from the bucket `models`/)
    expect(readdirSync(join(there.path, 'projects/1/versions'))).toEqual([])
  })

  test('what names a place outside of its folder is refused', async () => {
    using here = machine(s3)
    const version = { project: '1', id: 'v', files: [{ path: '../../x', bytes: 1, sha256: '' }] }
    await expect(here.files.open(version)).rejects.toThrow(/outside of its folder/)
  })

  test('a wrong key is told with the bucket, and without the key', async () => {
    using here = machine({ ...s3, secretAccessKey: 'wrong-secret' })
    const failure = await train(here.files, 'v', { 'model.bin': 'learnt' }).catch(String)
    expect(failure).toMatch(
      /cannot be written to the bucket `models`: .*(SignatureDoesNotMatch|AccessDenied)/,
    )
    expect(failure).not.toContain('wrong-secret')
  })
})

describe.skipIf('absent' in moto)(nameOf('Moto', moto), () => {
  test('a file that is sent in parts arrives whole', async () => {
    if (!('folder' in moto)) return
    await using s3 = await startMoto(moto)
    using here = machine(s3)
    using there = machine(s3)
    const version = await train(here.files, 'v', { 'model.bin': new Uint8Array(150_000_000).fill(7) })
    expect(Bun.file(join(await there.files.open(version), 'model.bin')).size).toBe(150_000_000)
  })
})

function nameOf(name: string, found: FoundVenv): string {
  return `the S3 of ${name}${'absent' in found ? ` (${found.absent})` : ''}`
}

/** With a data folder of its own. */
function machine({ endpoint, bucket, accessKeyId, secretAccessKey }: S3Server) {
  const dir = tempDir()
  const options = { endpoint, bucket, prefix: 'team', accessKeyId, secretAccessKey }
  return { ...dir, files: createS3Files(createFolderFiles(dir.path), options) }
}

/** Publishes what a training would leave. */
async function train(
  files: VersionFiles,
  id: string,
  content: Readonly<Record<string, string | Uint8Array>>,
) {
  using work = tempDir()
  const left = []
  for (const [path, bytes] of Object.entries(content)) {
    await Bun.write(join(work.path, path), bytes)
    const sha256 = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
    left.push({ path, bytes: bytes.length, sha256 })
  }
  const version = { project: '1', id, files: left }
  await files.publish(version, work.path)
  return version
}
