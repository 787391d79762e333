import { InvalidArgumentError } from 'commander';
import type { Shard } from '../../tools/detection/shard';

/** Reads `3/31`. Throws InvalidArgumentError. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new InvalidArgumentError('Use the number of the shard and their count: 3/31.');
}
