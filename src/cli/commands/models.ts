import type { CommandGroup } from '../command.ts'

/** Models that have a name, on this machine and in the catalogue. */
export const models: CommandGroup = {
  about: 'Lists, downloads, checks, adds and converts models.',
  synopsis: 'models <command> [flags]',
  examples: [
    ['lsml models list', 'What there is'],
    ['lsml models pull yolox-nano', 'Downloads one, and checks it'],
    ['lsml models add best.onnx --name our-boxes', 'Gives a name to one of yours'],
  ],
  notes: [
    [
      'The name of a model can be given wherever the path of one can, such as `--with det_ckpt=ppocr-v5-det-mobile`.',
      'Models are kept in lsml/models of your data folder (`lsml models where` prints it), or where --model-dir or',
      'LSML_MODEL_DIR says. Nothing is downloaded but by `pull`.',
    ].join('\n'),
  ],
  commands: {
    list: async () => (await import('../models/list.ts')).list,
    info: async () => (await import('../models/info.ts')).info,
    pull: async () => (await import('../models/pull.ts')).pull,
    verify: async () => (await import('../models/verify.ts')).verify,
    add: async () => (await import('../models/add.ts')).add,
    convert: async () => (await import('../models/convert.ts')).convert,
    rm: async () => (await import('../models/rm.ts')).rm,
    where: async () => (await import('../models/where.ts')).where,
  },
}
