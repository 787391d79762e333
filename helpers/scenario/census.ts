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

/**
 * The line of a claim in the file of its test. Throws where there is none, with the line to add,
 * and where it names another file.
 */
export function requireCensusLine(census: readonly CensusLine[], id: string, path: string): CensusLine {
  const line = census.find((candidate) => candidate.id === id);
  const file = path.split('/tests/e2e/').at(-1)!;
  if (line?.file === file) return line;
  const added = `{ "id": "${id}", "file": "${file}", "budget": 2 }`;
  throw new Error(
    line
      ? `${id} of ${file} is of ${line.file} in tests/e2e/census.json: choose another id, or correct that line`
      : `${id} is not in tests/e2e/census.json: add the line ${added}, budget: its usual seconds`,
  );
}

/** Sum of the budgets of a scenario file, seconds; 0 for any other file. */
export const fileBudgetSeconds = (census: readonly CensusLine[], path: string): number =>
  census.filter((line) => path.endsWith(`tests/e2e/${line.file}`)).reduce((sum, line) => sum + line.budget, 0);
