import leven from 'leven'

/** The name that was probably meant; case, `_` and `-` do not count. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const wanted = bare(written)
  const [best] = names
    .map((name) => ({ name, distance: isShuffled(bare(name), wanted) ? 1 : leven(bare(name), wanted) }))
    .filter(({ name, distance }) => distance <= mistakesIn(name))
    .toSorted((a, b) => a.distance - b.distance)
  // A beginning says as much as a likeness: of `--basic-auth` there are two, and the first will do.
  return best?.name ?? names.find((name) => wanted.length >= 3 && bare(name).startsWith(wanted))
}

/** `orc` is `ocr`: with so few letters, two in the wrong order would be too many mistakes. */
function isShuffled(name: string, written: string): boolean {
  return name !== written && [...name].toSorted().join('') === [...written].toSorted().join('')
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '')
}

/** Two letters that change places count as two. */
function mistakesIn({ length }: string): number {
  return length <= 3 ? 1 : Math.max(2, Math.floor(length / 3))
}
