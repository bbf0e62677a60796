import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isVerifiable, readCatalogue } from '../../src/registry/catalogue.ts'
import { manifestSchema } from '../../src/registry/manifest.ts'
import { builtInModels, findModel } from '../../src/registry/find-model.ts'
import { tensorsOf } from '../../src/registry/install.ts'
import { isPermissive } from '../../src/registry/licence.ts'
import { listModels } from '../../src/registry/list-models.ts'
import { toManifest } from '../../src/registry/to-manifest.ts'
import { verifyFile } from '../../src/registry/verify-file.ts'
import { fakeSession } from '../../src/testing/fake-session.ts'
import { manifestRecipe as ctcRecipe } from '../../src/vision/ctc/manifest-recipe.ts'
import { manifestRecipe as dbnetRecipe } from '../../src/vision/dbnet/manifest-recipe.ts'
import { FAMILIES } from '../../src/vision/detection/choose-family.ts'
import { sharedPath } from '../_helpers/shared.ts'
import { tempDir } from '../_helpers/temp-dir.ts'

const catalogue = await readCatalogue()

describe('the catalogue that ships', () => {
  test('names each model once, and none that ships', () => {
    const names = catalogue.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => existsSync(join(builtInModels, name)))).toEqual([])
  })

  test('has only files of ONNX, over HTTPS, that anybody may use', () => {
    for (const { name, file, url, alternatives, license, files } of catalogue) {
      const urls = [url, ...alternatives, ...files.flatMap((each) => ('url' in each ? [each.url] : []))]
      expect({ name, file, urls, permissive: isPermissive(license) }).toEqual({
        name,
        file: expect.stringMatching(/\.onnx$/),
        urls: urls.map(() => expect.stringMatching(/^https:\/\//)),
        permissive: true,
      })
    }
  })

  test('knows the SHA-256 of all but those whose publisher tells none', () => {
    const unverified = catalogue.filter((entry) => !isVerifiable(entry)).map(({ name }) => name)
    expect(unverified.filter((name) => !name.startsWith('onnxtr-'))).toEqual([
      'ppocr-v2-rec-mobile-en-number',
    ])
    // Their file names end in the beginning of the hash.
    for (const { name, file, sha256Prefix } of catalogue.filter((entry) => entry.name.startsWith('onnxtr-')))
      expect({ name, file }).toEqual({
        name,
        file: expect.stringMatching(new RegExp(`-${sha256Prefix}\\.onnx$`)),
      })
  })

  test('has a dictionary of as many characters as the recognizers of docTR have classes', () => {
    const dictionaries = catalogue
      .filter(({ name }) => name.startsWith('onnxtr-crnn'))
      .map(({ files }) => files.map((each) => ('characters' in each ? [...each.characters].length : 0)))
    expect(dictionaries).toHaveLength(6)
    // 10 digits, 52 letters, 32 signs, °, 5 currencies, 26 letters with accents.
    for (const [count, ...rest] of dictionaries) expect([count, rest]).toEqual([126, []])
  })

  for (const [name, path] of [
    ['yolox-nano', 'object-detection/yolox_nano_0.1.1rc0_official.onnx'],
    ['opencv-ppocr-v3-det', 'text-detection/text_detection_cn_ppocrv3_2023may.onnx'],
    ['ppocr-v2-cls-mobile', 'text-orientation/ch_ppocr_mobile_v2.0_cls_mobile.rapidocr.onnx'],
  ] as const) {
    const file = sharedPath('models', path)
    test.skipIf(file === undefined)(`tells the truth about ${name} (needs shared/)`, async () => {
      const entry = catalogue.find((each) => each.name === name)
      expect(entry?.bytes).toBe(Bun.file(file ?? '').size)
      await verifyFile(file ?? '', entry?.sha256 ?? '')
      expect(entry).toMatchObject(entry?.inputs === undefined ? {} : await tensorsOf(file ?? ''))
    })
  }

  test('has families that lsml knows, but for those that say otherwise', () => {
    const known = new Set(['dbnet', 'ctc', 'ppocr-cls', ...FAMILIES.map(({ name }) => name)])
    const strange = catalogue.filter(({ family, caution }) => !known.has(family) && caution === undefined)
    expect(strange.map(({ name, family }) => `${name}: ${family}`)).toEqual([])
  })

  test.each(catalogue.filter(({ preprocess }) => Object.keys(preprocess).length > 0))(
    'has a recipe for $name that its family takes',
    async (entry) => {
      using dir = tempDir()
      for (const each of entry.files)
        if ('characters' in each) writeFileSync(join(dir.path, each.file), [...each.characters].join('\n'))
      const manifest = toManifest(entry, {
        sha256: '0'.repeat(64),
        bytes: 1,
        inputs: [{ name: 'input', type: 'float32' }],
        outputs: [{ name: 'logits', type: 'float32' }],
      })
      expect(manifestSchema.parse(manifest)).toEqual(manifest)
      const session = fakeSession(() => ({}))
      const model = {
        name: entry.name,
        session,
        file: join(dir.path, entry.file),
        manifest,
        metadata: {},
        device: 'cpu',
      }
      if (entry.family === 'dbnet') {
        expect(dbnetRecipe(session, manifest, {})).toMatchObject({
          logits: true,
          postprocess: { boxThreshold: 0.1 },
        })
      } else {
        const recipe = await ctcRecipe(model, manifest, {})
        // The characters, and at the end the class that writes nothing.
        expect(recipe.alphabet(127).slice(-2)).toEqual(['Ç', undefined])
        expect(recipe.tensorWidth(50)).toBe(128)
      }
    },
  )
})

test('a model that can be pulled is answered with how, and a wrong name with the right one', async () => {
  using dir = tempDir()
  await expect(findModel('yolox-nano', [dir.path])).rejects.toMatchObject({
    code: 'MODEL_NOT_FOUND',
    message: expect.stringContaining('Get it with `lsml models pull yolox-nano`'),
  })
  await expect(findModel('yolox-nan', [dir.path])).rejects.toThrow('Did you mean `yolox-nano`?')
  await expect(findModel('yolox-tin', [dir.path])).rejects.toThrow('Did you mean `yolox-tiny`?')
})

test('a catalogue that is not valid names its fields', async () => {
  using dir = tempDir()
  const path = join(dir.path, 'catalogue.json')
  writeFileSync(path, JSON.stringify({ models: [{ name: 'x', sha256: 'abc' }] }))
  await expect(readCatalogue(path)).rejects.toMatchObject({
    code: 'INVALID_MODEL',
    message: expect.stringMatching(/`models\.0\.url`.*`models\.0\.sha256`/),
  })
  await expect(readCatalogue(join(dir.path, 'no.json'))).rejects.toThrow('cannot be read')
})

test('a list has what is here first, then what ships, then what can be pulled', async () => {
  using dir = tempDir()
  mkdirSync(join(dir.path, 'yolox-nano'))
  writeFileSync(join(dir.path, 'yolox-nano/manifest.json'), '{}')
  const models = await listModels(dir.path, catalogue)
  const state = (name: string) => models.find((each) => each.name === name)?.state
  expect([state('yolox-nano'), state('text-detector'), state('yolox-s')]).toEqual([
    'broken',
    'ships',
    'remote',
  ])
  expect(models.map(({ name }) => name)).toEqual([...new Set(models.map(({ name }) => name))])
})
