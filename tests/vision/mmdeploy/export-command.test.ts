import { expect, test } from 'bun:test'
import { checkpointError, exportCommand, isCheckpoint } from '../../../src/vision/mmdeploy/export-command.ts'

test('the command for a detector names its config, its checkpoint and a folder beside it', () => {
  expect(
    exportCommand({
      task: 'text-detection',
      config: 'configs/dbnet_resnet18_fpnc.py',
      checkpoint: '/models/dbnet.v1.pth',
    }),
  ).toBe(
    `python tools/deploy.py \\
  configs/mmocr/text-detection/text-detection_onnxruntime_dynamic.py \\
  configs/dbnet_resnet18_fpnc.py \\
  /models/dbnet.v1.pth \\
  demo/resources/text_det.jpg \\
  --work-dir /models/dbnet.v1 \\
  --device cpu --dump-info`,
  )
})

test('a recognizer has its own config and picture, and a missing config is asked for', () => {
  const command = exportCommand({ task: 'text-recognition', checkpoint: 'crnn.pth' })
  expect(command).toContain('configs/mmocr/text-recognition/text-recognition_onnxruntime_dynamic.py')
  expect(command).toContain('demo/resources/text_recog.jpg')
  expect(command).toContain('\n  <config>.py \\')
})

test('paths are quoted for the shell, and one on the web is exported to a folder here', () => {
  const odd = exportCommand({ task: 'text-detection', config: 'my config.py', checkpoint: "it's $HOME.pth" })
  expect(odd).toContain(`'my config.py'`)
  expect(odd).toContain(String.raw`'it'\''s $HOME.pth'`)
  expect(exportCommand({ task: 'text-detection', checkpoint: 'https://example.org/a/b.pth' })).toContain(
    '--work-dir b \\',
  )
})

test('a checkpoint is answered with the command', () => {
  const model = {
    task: 'text-detection',
    config: 'dbnet_resnet18_fpnc_1200e_icdar2015.py',
    checkpoint: 'dbnet.pth',
  } as const
  const error = checkpointError(model)
  expect(error.code).toBe('INVALID_MODEL')
  expect(error.message).toStartWith('The model `dbnet.pth` is a PyTorch checkpoint')
  expect(error.message).toContain('give the folder `dbnet`')
  expect(error.message).toContain(exportCommand(model))
})

test.each([
  ['dbnetpp_resnet50-dcnv2_fpnc.py', 'x.pth', 'x/end2end.onnx x/converted.onnx'],
  [undefined, 'my x/dbnet-dcnv2.pth', `'my x/dbnet-dcnv2/end2end.onnx' 'my x/dbnet-dcnv2/converted.onnx'`],
])('deformable convolutions of %p and %p are made standard after the export', (config, checkpoint, files) => {
  const model = { task: 'text-detection', config, checkpoint } as const
  const { message } = checkpointError(model)
  expect(message).toContain(exportCommand(model))
  expect(message).toContain('/converted.onnx`, whose deformable convolutions are standard ones')
  expect(message).toEndWith(`lsml models convert ${files}`)
})

test.each([
  [
    'text-detection',
    'dbnet_r50dcnv2_fpnc_1200e_icdar2015.py',
    'dbnet_resnet50-dcnv2_fpnc_1200e_icdar2015',
    'MMOCR 0.x',
  ],
  ['text-detection', 'dbnet_r18_fpnc_1200e_icdar2015.py', 'dbnet_resnet18_fpnc_1200e_icdar2015', 'MMOCR 0.x'],
  ['text-recognition', 'crnn_tps_academic_dataset.py', 'crnn_mini-vgg_5e_mj', 'TPS'],
] as const)('of %s, %p cannot be exported, and %p can', (task, config, instead, reason) => {
  const { message } = checkpointError({ task, config, checkpoint: 'x.pth' })
  expect(message).toContain(reason)
  expect(message).toContain(`mim download mmocr --config ${instead} --dest .\n`)
  expect(message).toContain(`--work-dir ${instead} `)
  expect(message.includes(`lsml models convert ${instead}/end2end.onnx`)).toBe(instead.includes('dcn'))
  expect(message).not.toContain(config)
})

test('checkpoints are told by their ending', () => {
  expect(['a.pth', 'b/c.PT', 'd.ckpt'].every(isCheckpoint)).toBe(true)
  expect(['a.onnx', 'pth', 'x.pth/end2end.onnx', 'text-detector'].some(isCheckpoint)).toBe(false)
})
