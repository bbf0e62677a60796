import { LsmlError } from '../../errors.ts'
import type { CatalogueEntry } from '../../registry/catalogue.ts'
import { isPermissive } from '../../registry/licence.ts'
import { parseMirror } from '../../registry/mirror.ts'
import { pullModel } from '../../registry/pull-model.ts'
import { createCommand } from '../command.ts'
import { readVariable } from '../environment.ts'
import { COMMON_FLAGS, type Flags } from '../flags.ts'
import { confirm } from './confirm.ts'
import { formatBytes } from './format.ts'
import { CATALOGUE_FLAGS, openStore, STORE_FLAGS, type Store, unknownModel } from './store.ts'
import { createTransfer } from './transfer.ts'

const FLAGS = {
  name: {
    type: 'positional',
    required: true,
    repeat: 'values',
    description: 'of models that `lsml models list` has',
  },
  mirror: {
    type: 'string',
    valueHint: 'url',
    description: 'In place of scheme and host of every URL; or <beginning>=<url>; may be given several times',
    group: 'Download',
    repeat: 'values',
    env: ['LSML_MODEL_MIRROR'],
  },
  'allow-unverified': {
    type: 'boolean',
    description: 'Also models whose SHA-256 nobody tells: what comes may be anything',
    group: 'Download',
  },
  yes: {
    type: 'boolean',
    alias: 'y',
    description: 'Accept licences that are not permissive',
    group: 'Download',
  },
  ...CATALOGUE_FLAGS,
  ...STORE_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies Flags

export const pull = createCommand({
  about: 'Downloads models of the catalogue and checks them.',
  synopsis: 'models pull <name> … [flags]',
  examples: [
    ['lsml models pull yolox-nano', 'Then `lsml start detection --with checkpoint_file=yolox-nano` finds it'],
    [
      'lsml models pull ppocr-v5-det-mobile ppocr-v5-rec-mobile',
      'Several; one that is here already is only checked',
    ],
    ['lsml models pull rtdetr-r18 --mirror https://mirror.example', 'The same paths on another host'],
  ],
  notes: [
    'A download that was cut short goes on where it stopped. A file takes its place only when its size and SHA-256 are ' +
      'right. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are obeyed. The path of each model file is printed.',
  ],
  flags: FLAGS,

  async run(args, lists) {
    const store = await openStore(args, process.env)
    const entries = (lists.name ?? []).map((name) => entryOf(store, name))
    const fromEnvironment = readVariable(process.env, ...FLAGS.mirror.env)?.split(/\s+/) ?? []
    const mirrors = [...(lists.mirror ?? []), ...fromEnvironment]
      .filter((text) => text !== '')
      .map(parseMirror)
    // Before anything is downloaded, so that nobody comes back to a question.
    for (const entry of entries) await acceptLicence(entry, args.yes === true)
    const transfer = createTransfer()
    const say = (line: string) => {
      transfer.clear()
      process.stderr.write(`${line}\n`)
    }
    const stop = stopOnSignal()
    try {
      for (const entry of entries) {
        if (entry.caution !== undefined) say(`${entry.name}: ${entry.caution}`)
        const pulled = await pullModel(entry, store.folder, {
          mirrors,
          allowUnverified: args['allow-unverified'],
          signal: stop.signal,
          onFile(file, url) {
            say(`Getting ${file} of ${entry.name} from ${new URL(url).host}`)
            transfer.start(file)
          },
          onBytes: (done, total) => transfer.show(done, total),
          onRetry: (reason, delayMs) =>
            say(`${reason}; trying again${delayMs === 0 ? '' : ` in ${delayMs / 1000} s`}`),
        })
        const { wasHere, bytes, sha256, file } = pulled
        say(
          `${entry.name} ${wasHere ? 'was here already' : 'is here'}: ${formatBytes(bytes)}, ${checkedBy(entry, sha256)}`,
        )
        process.stdout.write(`${file}\n`)
      }
    } finally {
      transfer.clear()
      stop.release()
    }
    return 0
  },
})

function entryOf({ catalogue, models }: Store, name: string): CatalogueEntry {
  const entry = catalogue.find((each) => each.name === name)
  if (entry !== undefined) return entry
  if (models.some((each) => each.name === name))
    throw new LsmlError('USAGE', `\`${name}\` is no model of the catalogue: it is on this machine already.`)
  throw unknownModel(name, catalogue)
}

async function acceptLicence(
  { name, license, source, url }: CatalogueEntry,
  accepted: boolean,
): Promise<void> {
  if (isPermissive(license)) return
  process.stderr.write(
    `The licence of ${name} is ${license}: it may ask for more than to be named. See ${source ?? url}\n`,
  )
  if (accepted || (await confirm(`Pull ${name} all the same?`))) return
  throw new LsmlError('CANCELLED', `\`${name}\` was not pulled. Give \`--yes\` when you accept its licence.`)
}

function checkedBy({ sha256, sha256Prefix }: CatalogueEntry, actual: string): string {
  if (sha256 !== undefined) return 'SHA-256 as in the catalogue'
  return `not verified${sha256Prefix === undefined ? '' : ` beyond ${sha256Prefix}…`}, SHA-256 ${actual}`
}

interface Stop {
  readonly signal: AbortSignal
  release(): void
}

/** Ctrl-C ends a download in good order: what has come stays, and no lock is left. */
function stopOnSignal(): Stop {
  const controller = new AbortController()
  const stop = () =>
    controller.abort(
      new LsmlError('CANCELLED', 'Stopped. What has come is kept: the same command goes on from there.'),
    )
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', stop).off('SIGTERM', stop),
  }
}
