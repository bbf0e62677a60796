import type { Tensor } from '../../../src/onnx/session.ts'

export interface DeformConvInputs {
  /** [n, channels, height, width] */
  readonly x: Tensor
  /** [filters, channels / groups, kernel height, kernel width] */
  readonly weight: Tensor
  /** [n, groups of offsets × points of the kernel × 2, height, width of the output]; y, then x */
  readonly offset: Tensor
  readonly mask?: Tensor | undefined
  readonly bias?: Tensor | undefined
}

export interface DeformConvShape {
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
  readonly deformGroups: number
}

/** The deformable convolution as its papers define it (arXiv 1703.06211 and 1811.11168), one number at a time. */
export function deformConv(
  { x, weight, offset, mask, bias }: DeformConvInputs,
  { stride, padding, dilation, groups, deformGroups }: DeformConvShape,
): Tensor {
  const [batch = 0, channels = 0] = x.dims
  const [filters = 0, channelsOfGroup = 0, kernelHeight = 0, kernelWidth = 0] = weight.dims
  const [, , height = 0, width = 0] = offset.dims
  const points = kernelHeight * kernelWidth
  const data = new Float32Array(batch * filters * height * width)
  let index = 0
  for (let n = 0; n < batch; n++) {
    for (let filter = 0; filter < filters; filter++) {
      const group = Math.floor(filter / (filters / groups))
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          let sum = bias === undefined ? 0 : at(bias, [filter])
          for (let inGroup = 0; inGroup < channelsOfGroup; inGroup++) {
            const channel = group * channelsOfGroup + inGroup
            const deformGroup = Math.floor(channel / (channels / deformGroups))
            for (let point = 0; point < points; point++) {
              const [i, j] = [Math.floor(point / kernelWidth), point % kernelWidth]
              const moved = (axis: number) =>
                at(offset, [n, (deformGroup * points + point) * 2 + axis, row, column])
              const y = row * (stride[0] ?? 1) - (padding[0] ?? 0) + i * (dilation[0] ?? 1) + moved(0)
              const xx = column * (stride[1] ?? 1) - (padding[1] ?? 0) + j * (dilation[1] ?? 1) + moved(1)
              const strength =
                mask === undefined ? 1 : at(mask, [n, deformGroup * points + point, row, column])
              sum += at(weight, [filter, inGroup, i, j]) * strength * between(x, n, channel, y, xx)
            }
          }
          data[index++] = sum
        }
      }
    }
  }
  return { type: 'float32', dims: [batch, filters, height, width], data }
}

/** Bilinear; zero around the image. */
function between(x: Tensor, n: number, channel: number, y: number, xx: number): number {
  let sum = 0
  for (const row of [Math.floor(y), Math.floor(y) + 1]) {
    for (const column of [Math.floor(xx), Math.floor(xx) + 1]) {
      const inside = row >= 0 && column >= 0 && row < (x.dims[2] ?? 0) && column < (x.dims[3] ?? 0)
      const share = (1 - Math.abs(y - row)) * (1 - Math.abs(xx - column))
      if (inside) sum += share * at(x, [n, channel, row, column])
    }
  }
  return sum
}

function at({ dims, data }: Tensor, place: readonly number[]): number {
  return Number(data[place.reduce((offset, position, axis) => offset * (dims[axis] ?? 1) + position, 0)])
}
