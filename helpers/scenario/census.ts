import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { readJsonFile } from '../read-json-file';

const Census = Type.Array(
  Type.Object({
    id: Type.String({ pattern: '^[A-Z]\\d+\\.\\d+[a-z]$' }),
    file: Type.String({ description: 'below tests/e2e' }),
    budget: Type.Number({ exclusiveMinimum: 0, description: 'seconds' }),
    requests: Type.Optional(
      Type.Integer({ minimum: 1, description: 'the most of its client on the platform that the suite starts' }),
    ),
  }),
);
export type CensusLine = Static<typeof Census>[number];

/** Reads `tests/e2e/census.json`: every test id with its file and its budget. */
export const readCensus = (root: string): CensusLine[] => readJsonFile(Census, join(root, 'tests/e2e/census.json'));

/** Sum of the budgets of a scenario file, seconds; 0 for any other file. */
export const fileBudgetSeconds = (census: readonly CensusLine[], path: string): number =>
  census.filter((line) => path.endsWith(`tests/e2e/${line.file}`)).reduce((sum, line) => sum + line.budget, 0);
