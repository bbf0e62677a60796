import { type FinderOptions, float, rectangleFinder, whole } from './rectangle-finder.ts'

type Changed = Partial<Omit<FinderOptions, 'head' | 'outputs'>>

/** With these the plane is looked at as 0 to 255, whatever the family makes of it. */
interface Scale {
  readonly threshold: number
  readonly slope: number
}

/** MMDeploy's `dets` and `labels`, with two rows of padding: zeros with label −1, and zeros with label 0. */
export function mmdeployModel(
  scale: Scale,
  changed: Changed & { readonly masks?: 'box' | 'tensor'; readonly batchAxis?: boolean } = {},
): Uint8Array {
  const { masks, batchAxis = true, type = 'float32', ...others } = changed
  const dets = batchAxis ? ['n', 3, 5] : [3, 5]
  return rectangleFinder({
    ...scale,
    ...others,
    type,
    outputs: [
      { name: 'dets', type, shape: dets },
      { name: 'labels', type: 'int64', shape: dets.slice(0, -1) },
      ...(masks === undefined ? [] : [{ name: 'masks', shape: ['n', 3, 'mh', 'mw'] }]),
    ],
    head: [
      { op: 'Reshape', inputs: ['score', 'asBatchColumn'], outputs: ['scores'] },
      { op: 'Concat', inputs: ['corners', 'scores'], outputs: ['best'], attributes: { axis: 2n } },
      { op: 'Pad', inputs: ['best', 'twoRows'], outputs: ['padded'] },
      {
        op: 'Cast',
        inputs: ['padded'],
        outputs: ['typed'],
        attributes: { to: type === 'float16' ? 10n : 1n },
      },
      batchAxis
        ? { op: 'Identity', inputs: ['typed'], outputs: ['dets'] }
        : { op: 'Squeeze', inputs: ['typed', 'batchAxis'], outputs: ['dets'] },
      { op: 'Add', inputs: ['zero', 'rowLabels'], outputs: ['allLabels'] },
      batchAxis
        ? { op: 'Identity', inputs: ['allLabels'], outputs: ['labels'] }
        : { op: 'Squeeze', inputs: ['allLabels', 'batchAxis'], outputs: ['labels'] },
      ...(masks === undefined
        ? []
        : masks === 'tensor'
          ? ([
              {
                op: 'Concat',
                inputs: ['mask', 'mask', 'mask'],
                outputs: ['masks'],
                attributes: { axis: 1n },
              },
            ] as const)
          : ([
              // In each box the left half is the object.
              { op: 'Shape', inputs: ['column'], outputs: ['columnShape'] },
              { op: 'Gather', inputs: ['columnShape', 'batchAxis'], outputs: ['images'] },
              {
                op: 'Concat',
                inputs: ['images', 'boxMask'],
                outputs: ['maskShape'],
                attributes: { axis: 0n },
              },
              { op: 'Expand', inputs: ['leftHalf', 'maskShape'], outputs: ['masks'] },
            ] as const)),
    ],
    initializers: [
      whole('asBatchColumn', -1, 1, 1),
      whole('twoRows', 0, 0, 0, 0, 2, 0),
      { ...whole('rowLabels', 2, -1, 0), dims: [1, 3] },
      whole('boxMask', 3, 4, 4),
      { ...float('leftHalf', 1, 1, 0, 0), dims: [1, 1, 1, 4] },
    ],
  })
}

/** The ONNX zoo's lists without a batch axis; the names of its outputs are numbers there. Of a mask, the left half. */
export function fasterRcnnModel(
  scale: Scale,
  changed: Changed & { readonly named?: boolean; readonly masks?: string } = {},
): Uint8Array {
  const { named = true, masks, ...others } = changed
  const [boxes, labels, scores] = named ? ['boxes', 'labels', 'scores'] : ['6379', '6381', '6383']
  return rectangleFinder({
    ...scale,
    input: 'image',
    shape: [3, 'height', 'width'],
    ...others,
    outputs: [
      { name: boxes as string, shape: ['k', 4] },
      { name: labels as string, type: 'int64', shape: ['k'] },
      { name: scores as string, shape: ['k'] },
      ...(masks === undefined ? [] : [{ name: masks, shape: ['k', 1, 4, 4] }]),
    ],
    head: [
      ...(masks === undefined ? [] : [{ op: 'Expand', inputs: ['leftHalf', 'maskShape'], outputs: [masks] }]),
      { op: 'Squeeze', inputs: ['corners', 'batchAxis'], outputs: [boxes as string] },
      { op: 'Squeeze', inputs: ['score', 'batchAxis'], outputs: [scores as string] },
      { op: 'Add', inputs: ['zero', 'label'], outputs: ['labelColumn'] },
      { op: 'Squeeze', inputs: ['labelColumn', 'batchAxis'], outputs: [labels as string] },
    ],
    // 0 is the background.
    initializers: [
      whole('label', 3),
      whole('maskShape', 1, 1, 4, 4),
      { ...float('leftHalf', 1, 1, 0, 0), dims: [1, 1, 1, 4] },
    ],
  })
}

/** The ONNX zoo's SSD: boxes as shares of the sides. */
export function ssdModel(scale: Scale, changed: Changed = {}): Uint8Array {
  return rectangleFinder({
    ...scale,
    input: 'image',
    shape: [1, 3, 120, 120],
    ...changed,
    outputs: [
      { name: 'bboxes', shape: [1, 'k', 4] },
      { name: 'labels', type: 'int64', shape: [1, 'k'] },
      { name: 'scores', shape: [1, 'k'] },
    ],
    head: [
      { op: 'Div', inputs: ['corners', 'sides'], outputs: ['bboxes'] },
      { op: 'Identity', inputs: ['score'], outputs: ['scores'] },
      { op: 'Add', inputs: ['zero', 'label'], outputs: ['labels'] },
    ],
    initializers: [whole('label', 3)],
  })
}

/** RT-DETR's, D-FINE's and DEIM's triple, in pixels of the image whose size they are told. */
export function detrModel(scale: Scale, changed: Changed = {}): Uint8Array {
  return rectangleFinder({
    ...scale,
    input: 'images',
    shape: ['N', 3, 64, 96],
    ...changed,
    extraInputs: [{ name: 'orig_target_sizes', type: 'int64', shape: ['N', 2] }],
    outputs: [
      { name: 'labels', type: 'int64', shape: ['N', 'k'] },
      { name: 'boxes', shape: ['N', 'k', 4] },
      { name: 'scores', shape: ['N', 'k'] },
    ],
    head: [
      {
        op: 'Concat',
        inputs: ['orig_target_sizes', 'orig_target_sizes'],
        outputs: ['twice'],
        attributes: { axis: 1n },
      },
      { op: 'Cast', inputs: ['twice'], outputs: ['sizes'], attributes: { to: 1n } },
      { op: 'Reshape', inputs: ['sizes', 'asBoxes'], outputs: ['sizesOfBoxes'] },
      { op: 'Div', inputs: ['corners', 'sides'], outputs: ['shares'] },
      { op: 'Mul', inputs: ['shares', 'sizesOfBoxes'], outputs: ['boxes'] },
      { op: 'Identity', inputs: ['score'], outputs: ['scores'] },
      { op: 'Add', inputs: ['zero', 'label'], outputs: ['labels'] },
    ],
    initializers: [whole('label', 2)],
  })
}

/** Transformers' queries: the first finds the rectangle as class 2 of 5 and, less surely, 1; the second finds nothing. */
export function transformersModel(
  scale: Scale,
  changed: Changed & { readonly names?: readonly [logits: string, boxes: string] } = {},
): Uint8Array {
  const { names: [logits, boxes] = ['logits', 'pred_boxes'], ...others } = changed
  return rectangleFinder({
    ...scale,
    input: 'pixel_values',
    shape: ['n', 3, 64, 64],
    ...others,
    outputs: [
      { name: logits, shape: ['n', 2, 5] },
      { name: boxes, shape: ['n', 2, 4] },
    ],
    head: [
      { op: 'Div', inputs: ['corners', 'sides'], outputs: ['shares'] },
      { op: 'MatMul', inputs: ['shares', 'toCentre'], outputs: ['centred'] },
      { op: 'Concat', inputs: ['centred', 'centred'], outputs: [boxes], attributes: { axis: 1n } },
      { op: 'Reshape', inputs: ['score', 'asBatchColumn'], outputs: ['scores'] },
      { op: 'Mul', inputs: ['scores', 'weights'], outputs: ['weighted'] },
      { op: 'Add', inputs: ['weighted', 'bias'], outputs: [logits] },
    ],
    initializers: [
      whole('asBatchColumn', -1, 1, 1),
      // prettier-ignore
      { ...float('toCentre', 0.5, 0, -1, 0, 0, 0.5, 0, -1, 0.5, 0, 1, 0, 0, 0.5, 0, 1), dims: [4, 4] },
      // A score of 1 is a logit of 2 for class 2, and of 0 for class 1.
      { ...float('weights', 0, 1, 2, 0, 0, 0, 0, 0, 0, 0), dims: [1, 2, 5] },
      { ...float('bias', -9, -1, 0, -9, -9, -9, -9, -9, -9, -1), dims: [1, 2, 5] },
    ],
  })
}
