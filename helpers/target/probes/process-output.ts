import { createHash } from 'node:crypto';
import type { Execution } from '../../../contract/executions';
import { isObject, type Json, type JsonObject } from '../../../contract/json';

/** The JSON document that a process printed; empty without one. */
export const dataOf = ({ result }: Execution): JsonObject => {
  const data = isObject(result) ? result.data : undefined;
  return isObject(data) ? data : {};
};

/** What `hash-secrets` prints for a value. */
export const sha256OfJson = (value: Json): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
