import { expect, test } from 'bun:test'
import { checkpointError, exportCommand } from '../../../src/vision/mmdeploy/export-command.ts'

const task = 'object-detection'

test('a detector is exported with the config for MMDetection', () => {
  const checkpoint = 'rtmdet_tiny_8xb32-300e_coco.pth'
  expect(exportCommand({ task, config: 'rtmdet_tiny_8xb32-300e_coco.py', checkpoint })).toBe(
    `python tools/deploy.py \\
  configs/mmdet/detection/detection_onnxruntime_dynamic.py \\
  rtmdet_tiny_8xb32-300e_coco.py \\
  rtmdet_tiny_8xb32-300e_coco.pth \\
  demo/resources/det.jpg \\
  --work-dir rtmdet_tiny_8xb32-300e_coco \\
  --device cpu --dump-info`,
  )
})

test.each([
  ['mask-rcnn_r50_fpn_1x_coco.py', 'instance-seg_onnxruntime_dynamic.py'],
  ['mask_rcnn_r50_fpn_1x_coco.py', 'instance-seg_onnxruntime_dynamic.py'],
  ['rtmdet-ins_s_8xb32-300e_coco.py', 'instance-seg_rtmdet-ins_onnxruntime_static-640x640.py'],
])('%s, which has masks, is exported with them', (config, deploy) => {
  expect(exportCommand({ task, config, checkpoint: 'x.pth' })).toContain(
    `configs/mmdet/instance-seg/${deploy} `,
  )
})

test.each([
  ['faster_rcnn_r50_fpn_1x_coco', 'faster-rcnn_r50_fpn_1x_coco'],
  ['cascade_mask_rcnn_r101_fpn_20e_coco', 'cascade-mask-rcnn_r101_fpn_20e_coco'],
])('the config %s of MMDetection 2.x is got as %s of 3.x', (old, name) => {
  const { message } = checkpointError({ task, config: `configs/${old}.py`, checkpoint: 'x.pth' })
  expect(message).toContain(`which 3.x calls \`${name}\``)
  expect(message).toContain(`mim download mmdet --config ${name} --dest .`)
  expect(message).toContain(`\n  ${name}.py \\`)
  expect(message).not.toContain(`${old}.py`)
})

test('a config of 3.x stays as it is', () => {
  const { message } = checkpointError({
    task,
    config: 'a/faster-rcnn_r50_fpn_1x_coco.py',
    checkpoint: 'x.pth',
  })
  expect(message).toContain('\n  a/faster-rcnn_r50_fpn_1x_coco.py \\')
  expect(message).not.toContain('mim download')
})

test('deformable convolutions are converted after the export', () => {
  const config = 'faster-rcnn_r50-dconv-c3-c5_fpn_1x_coco.py'
  const checkpoint = 'm/faster_rcnn_r50_fpn_mdconv_c3-c5_1x_coco.pth'
  const { message } = checkpointError({ task, config, checkpoint })
  const folder = 'm/faster_rcnn_r50_fpn_mdconv_c3-c5_1x_coco'
  expect(message).toContain(`give \`${folder}/converted.onnx\``)
  expect(message).toEndWith(`lsml models convert ${folder}/end2end.onnx ${folder}/converted.onnx`)
})
