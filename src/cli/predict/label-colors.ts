import type { Color } from '../../image/draw.ts'
import type { LabelingConfig } from '../../labeling/config.ts'

/** Open Color, 7th shades, far apart. */
const PALETTE: readonly Color[] = [
  [34, 139, 230],
  [240, 62, 62],
  [55, 178, 77],
  [174, 62, 201],
  [245, 159, 0],
  [16, 152, 173],
  [214, 51, 108],
  [112, 72, 232],
]

/** Colours of labels: the config's own (`background`, any CSS colour), else one of a palette by the label's place. */
export function labelColors({ controls }: LabelingConfig): (label: string | undefined) => Color {
  const colors = new Map<string, Color>()
  for (const { labels, labelAttributes } of controls) {
    for (const label of labels) {
      const own = Bun.color(labelAttributes[label]?.background ?? '', '[rgb]')
      if (!colors.has(label)) colors.set(label, own ?? paletteColor(colors.size))
    }
  }
  return (label) => {
    if (label === undefined) return paletteColor(0)
    const known = colors.get(label)
    if (known !== undefined) return known
    const color = paletteColor(colors.size)
    colors.set(label, color)
    return color
  }
}

function paletteColor(index: number): Color {
  return PALETTE[index % PALETTE.length] as Color
}
