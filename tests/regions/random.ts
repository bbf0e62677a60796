export interface Random {
  /** From 0 up to, and without, 1. */
  next(): number
  between(least: number, most: number): number
  /** Both included. */
  integer(least: number, most: number): number
  boolean(): boolean
  pick<Item>(items: readonly Item[]): Item
}

/** Numbers that are the same for a seed in every run: mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed
  const next = () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    integer,
    boolean: () => next() < 0.5,
    pick: (items) => items[integer(0, items.length - 1)] as never,
  }
}
