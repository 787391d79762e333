import { createHash } from 'node:crypto';

/** The `count` items that a seed selects, in their own order. The same seed selects the same. */
export function sample<T extends { readonly id: string }>(items: readonly T[], count: number, seed: string): T[] {
  const rank = ({ id }: T): string => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  const selected = new Set([...items].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, count));
  return items.filter((item) => selected.has(item));
}
