import { createHash } from 'node:crypto';

/**
 * The SHA-256 of a JSON value, in hexadecimal, independent of the order of keys: a platform need
 * not keep that order. `read-key` and `write-key` compute the same.
 */
export const sha256OfJson = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');

const sortKeys = (_: string, value: unknown): unknown =>
  value instanceof Object && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
