import { basename } from 'node:path'
import { LsmlError } from '../../errors.ts'

export interface Checkpoint {
  readonly task: 'text-detection' | 'text-recognition'
  /** Path of MMOCR's model config. */
  readonly config?: string | undefined
  /** Path of the `.pth`. */
  readonly checkpoint: string
}

/** What cannot be exported to something that ONNX Runtime runs, and the configs of MMOCR that can. */
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

/** Whether a path is that of weights for PyTorch, which lsml does not run. */
export function isCheckpoint(path: string): boolean {
  return /\.(pth|pt|ckpt)$/i.test(path)
}

/**
 * The command that makes `end2end.onnx`, `pipeline.json` and the rest from a checkpoint of MMOCR: MMDeploy 1.x,
 * docs/en/04-supported-codebases/mmocr.md. It is run in a clone of open-mmlab/mmdeploy.
 */
export function exportCommand({ task, config, checkpoint }: Checkpoint): string {
  const picture = task === 'text-detection' ? 'text_det' : 'text_recog'
  return [
    'python tools/deploy.py',
    `configs/mmocr/${task}/${task}_onnxruntime_dynamic.py`,
    config === undefined ? '<config>.py' : quote(config),
    quote(checkpoint),
    `demo/resources/${picture}.jpg`,
    `--work-dir ${quote(exportFolder(checkpoint))}`,
    '--device cpu --dump-info',
  ].join(' \\\n  ')
}

/** For a checkpoint that was given in place of an ONNX file: how to get one, or which model to take instead. */
export function checkpointError(model: Checkpoint): LsmlError {
  const names = `${basename(model.config ?? '')} ${basename(model.checkpoint)}`
  const deadEnd = DEAD_ENDS.find(({ pattern }) => pattern.test(names))
  const advice =
    deadEnd === undefined
      ? `Export it in a clone of MMDeploy and give the folder \`${exportFolder(model.checkpoint)}\`:\n\n  ${exportCommand(model)}`
      : `${deadEnd.what}. Export another model of MMOCR: ${deadEnd.instead.join(', ')}. For example, in a clone of MMDeploy:\n\n  ${exportAlternative(model.task, deadEnd.instead[0])}`
  return new LsmlError(
    'INVALID_MODEL',
    `The model \`${model.checkpoint}\` is a PyTorch checkpoint; lsml runs ONNX. ${advice}`,
  )
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
