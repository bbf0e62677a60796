import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { LsmlError } from '../../errors.ts'
import { createCommand } from '../command.ts'
import { findBackend } from '../find-backend.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { packLsml } from '../init/pack-lsml.ts'
import { type FolderPlan, planFolder } from '../init/plan-folder.ts'
import { section } from '../usage.ts'

const FLAGS = {
  folder: { type: 'positional', required: true, description: 'the new folder' },
  from: {
    type: 'string',
    valueHint: 'backend',
    default: 'ocr',
    description: 'An example that ships, or the file or folder of a backend',
    group: 'Init',
    hiddenAlias: ['script'],
  },
  'label-config': {
    type: 'string',
    valueHint: 'file',
    description: 'The labeling config that it is for (default: labeling.xml beside the backend)',
    group: 'Init',
  },
  deploy: {
    type: 'boolean',
    description:
      'Also a folder deploy/ for several machines: Compose with Redis, Kubernetes, an image for CUDA',
    group: 'Init',
  },
  force: {
    type: 'boolean',
    description: 'Overwrite files of the same names; others in the folder stay',
    group: 'Init',
  },
  ...COMMON_FLAGS,
} as const satisfies Flags

/** Makes a folder with a backend that starts, is tested, and can be put into a container. */
export const init = createCommand({
  about: 'Makes a folder with a backend, its test and what Docker needs.',
  synopsis: 'init <folder> --from <example|file> [flags]',
  examples: [
    ['lsml init my-ocr --from ocr', 'A copy of the OCR example to change'],
    [
      'lsml init cats --from ../experiments/cats.ts',
      'A backend of your own, with all that it imports from beside it',
    ],
  ],
  notes: ['Nothing is written when a file is in the way, unless it has the same content.'],
  flags: FLAGS,

  async run(args) {
    const folder = resolve(args.folder)
    const shown = relative(process.cwd(), folder) || '.'
    const source = findBackend(args.from)
    const lsml = packLsml()
    const options = { labelConfig: args['label-config'], lsml: lsml.dependency, deploy: args.deploy }
    const plan = await planFolder(folder, source, options)
    checkFree(folder, plan, args.force === true)
    const written = await writePlan(folder, new Map([...plan, ...(await lsml.files())]))
    process.stdout.write(
      [
        `${shown} has a backend made from ${args.from}: ${written.toSorted().join(', ')}.`,
        section('Next', [
          ...(shown === '.' ? [] : [`cd ${shown}`]),
          'bun install              # or npm install',
          'bun test                 # or npm test',
          'bunx lsml start .        # or npx lsml start .',
          'docker compose up        # the same in Docker, with Label Studio on http://localhost:8080',
          ...(args.deploy === true ? ['cat deploy/README.md     # several machines'] : []),
        ]),
        'Then, in Label Studio: paste labeling.xml under Settings → Labeling Interface → Code, and connect the printed',
        'URL under Settings → Model.',
        '',
      ].join('\n'),
    )
    return 0
  },
})

/** @throws LsmlError USAGE that names what is in the way */
function checkFree(folder: string, plan: FolderPlan, force: boolean): void {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new LsmlError('USAGE', `\`${folder}\` is a file. Give another name for the new folder.`)
  const inTheWay = [...plan]
    .filter(([name, content]) => isOther(join(folder, name), content))
    .map(([name]) => name)
  if (inTheWay.length === 0 || force) return
  throw new LsmlError(
    'USAGE',
    `\`${folder}\` has ${inTheWay.join(', ')} already. Give another folder, or \`--force\` to overwrite these.`,
  )
}

function isOther(path: string, content: string | Uint8Array): boolean {
  return existsSync(path) && !readFileSync(path).equals(Buffer.from(content as Uint8Array))
}

async function writePlan(folder: string, files: FolderPlan): Promise<string[]> {
  for (const [name, content] of files) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  return [...files.keys()]
}
