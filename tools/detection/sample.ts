import { createHash } from 'node:crypto';

interface Identified {
  readonly id: string;
}

/**
 * The `count` items that a seed selects, in the order in which it selects them: the first of them
 * are the smaller sample of the same seed.
 */
export function ranked<T extends Identified>(items: readonly T[], count: number, seed: string): T[] {
  const rank = ({ id }: T): string => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  const ranks = new Map(items.map((item) => [item, rank(item)]));
  return [...items].sort((a, b) => (ranks.get(a)! < ranks.get(b)! ? -1 : 1)).slice(0, count);
}

/** The same in their own order. */
export function sample<T extends Identified>(items: readonly T[], count: number, seed: string): T[] {
  const selected = new Set(ranked(items, count, seed));
  return items.filter((item) => selected.has(item));
}
