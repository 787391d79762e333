import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { explain, matches } from './client/validate';

const Census = Type.Array(
  Type.Object({
    id: Type.String({ pattern: '^[A-Z]\\d+\\.\\d+[a-z]$' }),
    file: Type.String({ description: 'below tests/e2e' }),
    budget: Type.Number({ exclusiveMinimum: 0, description: 'seconds' }),
  }),
);
export type CensusLine = Static<typeof Census>[number];

/** Every test id, with its file and its budget: `tests/e2e/census.json`. */
export function readCensus(root: string): CensusLine[] {
  const path = join(root, 'tests/e2e/census.json');
  const census: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!matches(Census, census)) throw new Error(`${path}: ${explain(Census, census)}`);
  return census;
}

/** Sum of a scenario file's budgets, seconds; 0 for a file that is no scenario. */
export const budgetOf = (census: readonly CensusLine[], path: string): number =>
  census.filter((line) => path.endsWith(`tests/e2e/${line.file}`)).reduce((sum, line) => sum + line.budget, 0);
