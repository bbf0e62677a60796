import { basename } from 'node:path'
import { LsmlError } from '../../errors.ts'

export interface Checkpoint {
  readonly task: 'text-detection' | 'text-recognition' | 'object-detection'
  /** Path of the model's config of MMOCR or MMDetection. */
  readonly config?: string | undefined
  /** Path of the `.pth`. */
  readonly checkpoint: string
}

/** Of MMOCR, what cannot be exported to something that ONNX Runtime runs, and the configs of MMOCR that can. */
const DEAD_ENDS = [
  {
    pattern: /dcn/i,
    what: 'Its deformable convolutions become the operator `mmdeploy::MMCVModulatedDeformConv2d`, which ONNX Runtime does not have',
    instead: [
      'dbnet_resnet18_fpnc_1200e_icdar2015',
      'dbnet_resnet50_1200e_icdar2015',
      'dbnet_resnet50-oclip_1200e_icdar2015',
      'dbnetpp_resnet50_fpnc_1200e_icdar2015',
    ],
  },
  {
    pattern: /(^|[\W_])tps([\W_]|$)/i,
    what: 'Its TPS transformation becomes the operator `mmdeploy::grid_sampler`, which ONNX Runtime does not have, and MMDeploy does not list it',
    instead: ['crnn_mini-vgg_5e_mj'],
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
  return deadEnd === undefined
    ? `Export it in a clone of MMDeploy and give the folder \`${exportFolder(model.checkpoint)}\`:\n\n  ${exportCommand(model)}`
    : `${deadEnd.what}. Export another model of MMOCR: ${deadEnd.instead.join(', ')}. For example, in a clone of MMDeploy:\n\n  ${exportAlternative(model.task, deadEnd.instead[0])}`
}

/** MMDeploy 1.x reads configs of MMDetection 3.x, which runs the checkpoints of 2.x too. */
function detectionAdvice({ task, config, checkpoint }: Checkpoint): string {
  const folder = exportFolder(checkpoint)
  const name = basename(config ?? '', '.py')
  const renamed = name.replace(RENAMED, (part) => part.replaceAll('_', '-'))
  const isOld = renamed !== name
  const command = exportCommand({ task, config: isOld ? `${renamed}.py` : config, checkpoint })
  const hasDeformable = /dcn/i.test(`${name} ${basename(checkpoint)}`)
  return [
    isOld ? `Its config is one of MMDetection 2.x, which 3.x calls \`${renamed}\`. ` : '',
    `Export it in a clone of MMDeploy and give `,
    hasDeformable
      ? `\`${folder}/converted.onnx\`, whose deformable convolutions are standard ones:`
      : `the folder \`${folder}\`:`,
    isOld ? `\n\n  mim download mmdet --config ${renamed} --dest .\n  ${command}` : `\n\n  ${command}`,
    hasDeformable
      ? `\n  lsml models convert ${quote(`${folder}/end2end.onnx`)} ${quote(`${folder}/converted.onnx`)}`
      : '',
  ].join('')
}

/** `mim` gets the config and the checkpoint of a model by its name. */
function exportAlternative(task: Checkpoint['task'], name: string): string {
  const command = exportCommand({ task, config: `${name}.py`, checkpoint: `${name}.pth` })
  return `mim download mmocr --config ${name} --dest .\n  ${command}`
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
