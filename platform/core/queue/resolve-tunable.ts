import type { Json } from '../../../contract/json';
import { valueAtPath } from '../data/value-at-path';
import type { Tunable } from './queue-config';

/** What tunables read; `key` gives undefined for a key that may not be read. */
export interface TunableSources {
  readonly packConfig: Json;
  readonly key: (ref: string) => Json | undefined;
}

/**
 * The number of a tunable; the fallback, else 1, where what it reads is no whole number from 1.
 */
export function resolveTunable(tunable: Tunable, { packConfig, key }: TunableSources): number {
  if (tunable.source === 'literal') return tunable.value;
  const document = tunable.source === 'pack_config' ? packConfig : key(tunable.keyRef);
  const found = tunable.path === null ? document : valueAtPath(document, tunable.path.split('.'));
  const number = typeof found === 'string' && /^\d{1,9}$/.test(found) ? Number(found) : found;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 ? number : (tunable.fallback ?? 1);
}
