import { basename } from 'node:path'
import { LsmlError } from '../../errors.ts'

export interface Checkpoint {
  readonly task: 'text-detection' | 'text-recognition' | 'object-detection'
  /** Path of the model's config of MMOCR or MMDetection. */
  readonly config?: string | undefined
  /** Path of the `.pth`. */
  readonly checkpoint: string
}

/** Of MMOCR, what MMDeploy 1.x cannot export, and the config of MMOCR that it can. */
const DEAD_ENDS = [
  {
    pattern: /(^|\W)dbnet_r50dcnv2_/i,
    what: 'It is a model of MMOCR 0.x, and MMDeploy 1.x exports those of 1.x',
    instead: 'dbnet_resnet50-dcnv2_fpnc_1200e_icdar2015',
  },
  {
    pattern: /(^|\W)dbnet_r18_/i,
    what: 'It is a model of MMOCR 0.x, and MMDeploy 1.x exports those of 1.x',
    instead: 'dbnet_resnet18_fpnc_1200e_icdar2015',
  },
  {
    pattern: /(^|[\W_])tps([\W_]|$)/i,
    what: 'MMDeploy does not list its TPS transformation among what it exports',
    instead: 'crnn_mini-vgg_5e_mj',
  },
] as const

/** By the names of a config and a checkpoint, MMDeploy's own config and the picture that it tries the model on. */
const DEPLOY: Readonly<
  Record<Checkpoint['task'], (names: string) => { readonly deploy: string; readonly picture: string }>
> = {
  'text-detection': () => ({
    deploy: 'mmocr/text-detection/text-detection_onnxruntime_dynamic',
    picture: 'text_det',
  }),
  'text-recognition': () => ({
    deploy: 'mmocr/text-recognition/text-recognition_onnxruntime_dynamic',
    picture: 'text_recog',
  }),
  'object-detection': (names) => ({
    deploy: /rtmdet-ins/i.test(names)
      ? 'mmdet/instance-seg/instance-seg_rtmdet-ins_onnxruntime_static-640x640'
      : /mask[_-]rcnn/i.test(names)
        ? 'mmdet/instance-seg/instance-seg_onnxruntime_dynamic'
        : 'mmdet/detection/detection_onnxruntime_dynamic',
    picture: 'det',
  }),
}

/** Names of MMDetection 2.x by the part that 3.x writes otherwise, as in `faster_rcnn_r50_fpn_1x_coco`. */
const RENAMED =
  /^(?:faster|mask|cascade|cascade_mask|cascade_faster|grid|libra_faster|double_heads_faster)_rcnn(?=_)/

/** Whether a path is that of weights for PyTorch, which lsml does not run. */
export function isCheckpoint(path: string): boolean {
  return /\.(pth|pt|ckpt)$/i.test(path)
}

/**
 * The command that makes `end2end.onnx`, `pipeline.json` and the rest from a checkpoint of MMOCR or MMDetection: MMDeploy
 * 1.x, docs/en/04-supported-codebases. It is run in a clone of open-mmlab/mmdeploy.
 */
export function exportCommand(model: Checkpoint): string {
  const { config, checkpoint } = model
  const { deploy, picture } = DEPLOY[model.task](`${basename(config ?? '')} ${basename(checkpoint)}`)
  return [
    'python tools/deploy.py',
    `configs/${deploy}.py`,
    config === undefined ? '<config>.py' : quote(config),
    quote(checkpoint),
    `demo/resources/${picture}.jpg`,
    `--work-dir ${quote(exportFolder(checkpoint))}`,
    '--device cpu --dump-info',
  ].join(' \\\n  ')
}

/** For a checkpoint that was given in place of an ONNX file: how to get one, or which model to take instead. */
export function checkpointError(model: Checkpoint): LsmlError {
  return new LsmlError(
    'INVALID_MODEL',
    `The model \`${model.checkpoint}\` is a PyTorch checkpoint; lsml runs ONNX. ${model.task === 'object-detection' ? detectionAdvice(model) : textAdvice(model)}`,
  )
}

function textAdvice(model: Checkpoint): string {
  const names = `${basename(model.config ?? '')} ${basename(model.checkpoint)}`
  const deadEnd = DEAD_ENDS.find(({ pattern }) => pattern.test(names))
  if (deadEnd === undefined) return `Export it in a clone of MMDeploy and give ${exportAndConvert(model)}`
  const { what, instead } = deadEnd
  const other = { task: model.task, config: `${instead}.py`, checkpoint: `${instead}.pth` }
  return `${what}. Export another model of MMOCR in a clone of MMDeploy and give ${exportAndConvert(other, `mim download mmocr --config ${instead} --dest .`)}`
}

/** MMDeploy 1.x reads configs of MMDetection 3.x, which runs the checkpoints of 2.x too. */
function detectionAdvice({ task, config, checkpoint }: Checkpoint): string {
  const name = basename(config ?? '', '.py')
  const renamed = name.replace(RENAMED, (part) => part.replaceAll('_', '-'))
  const isOld = renamed !== name
  const model = { task, config: isOld ? `${renamed}.py` : config, checkpoint }
  return isOld
    ? `Its config is one of MMDetection 2.x, which 3.x calls \`${renamed}\`. Export it in a clone of MMDeploy and give ${exportAndConvert(model, `mim download mmdet --config ${renamed} --dest .`)}`
    : `Export it in a clone of MMDeploy and give ${exportAndConvert(model)}`
}

/**
 * What to give to lsml, and the commands that make it.
 *
 * @param before a command that is to be run first
 */
function exportAndConvert(model: Checkpoint, before?: string): string {
  const folder = exportFolder(model.checkpoint)
  // Deformable convolutions, which MMDeploy exports as an operator of its own, are in the names of a model.
  const isDeformable = /dcn|dconv/i.test(`${basename(model.config ?? '')} ${basename(model.checkpoint)}`)
  const convert = `lsml models convert ${quote(`${folder}/end2end.onnx`)} ${quote(`${folder}/converted.onnx`)}`
  const commands = [before, exportCommand(model), isDeformable ? convert : undefined]
  const what = isDeformable
    ? `\`${folder}/converted.onnx\`, whose deformable convolutions are standard ones`
    : `the folder \`${folder}\``
  return `${what}:\n\n  ${commands.filter((command) => command !== undefined).join('\n  ')}`
}

/** Beside the checkpoint, with its name; here for one that is on the web. */
function exportFolder(checkpoint: string): string {
  const folder = checkpoint.replace(/\.[^./\\]+$/, '')
  return /^\w+:\/\//.test(folder) ? folder.slice(folder.lastIndexOf('/') + 1) : folder
}

/** For a POSIX shell. */
function quote(path: string): string {
  return /[^\w@%+=:,./-]/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : path
}
