import { createHash } from 'node:crypto';
import { writeJson } from '../../../contract/json-text/write-json';

/**
 * The SHA-256 of a JSON value, in hexadecimal, independent of the order of keys: a platform need
 * not keep that order. `read-key` and `write-key` compute the same.
 */
export const sha256OfJson = (value: unknown): string =>
  createHash('sha256')
    .update(writeJson(sorted(value)))
    .digest('hex');

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!(value instanceof Object)) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}
