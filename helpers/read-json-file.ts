import { readFileSync } from 'node:fs';
import type { Static, TSchema } from '@sinclair/typebox';
import { explain, matches } from './client/validate';

/** Reads a JSON file that the schema describes. Throws with the path and the faults. */
export function readJsonFile<S extends TSchema>(schema: S, path: string): Static<S> {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!matches(schema, value)) throw new Error(`${path}: ${explain(schema, value)}`);
  return value;
}
