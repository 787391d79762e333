/** `3/31`: the third of 31 shards. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The items of one shard, which are neighbours, so that they have claims in common. All shards
 * together have each item once, and about equal costs.
 */
export function shardOf<T>(items: readonly T[], { index, count }: Shard, cost: (item: T) => number): T[] {
  const total = items.reduce((sum, item) => sum + cost(item), 0);
  let before = 0;
  return items.filter((item) => {
    const middle = before + cost(item) / 2;
    before += cost(item);
    return Math.floor((middle * count) / total) === index - 1;
  });
}
