import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { readJsonFile } from '../read-json-file';

/** By test, the places of the platform's sources of which it is known that a fault fails it. */
export const CANDIDATES_FILE = 'tests/e2e/places.json';

const Candidates = Type.Record(Type.String(), Type.Array(Type.String()));

/** Returns a function that finds those of a test by its id. Throws as `readJsonFile`. */
export function readCandidates(root: string): (id: string) => readonly string[] {
  const found = readJsonFile(Candidates, join(root, CANDIDATES_FILE));
  return (id) => found[id.split('/').at(-1)!] ?? [];
}
