import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { otherNeeds, parseClaims } from '../docs/scenario-files';

/** What of the suite runs. */
export interface Selection {
  /** Paths of the test files; null: all. */
  readonly files: readonly string[] | null;
  /** `-t`; undefined: every test. */
  readonly titlePattern: string | undefined;
}

/** The capabilities that the selected tests name: their needs, and those of single lines. */
export function selectedNeeds(root: string, { files, titlePattern }: Selection): Set<string> {
  const base = join(root, 'tests/e2e');
  const paths = files?.filter((path) => path.startsWith(base)) ?? testFiles(base);
  const pattern = new RegExp(titlePattern ?? '', 'i');
  return new Set(paths.flatMap((path) => needsInText(readFileSync(path, 'utf8'), pattern)));
}

/** Paths of all test files below a directory. */
export const testFiles = (base: string): string[] =>
  readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(base, file));

/** Those of the claims with a matching title; in a file without claims, all. */
export function needsInText(text: string, titlePattern: RegExp): string[] {
  const claims = parseClaims(text);
  const selected = claims.filter(({ id, title }) => titlePattern.test(`${id} ${title}`));
  if (claims.length > 0 && selected.length === 0) return [];
  return [...selected.flatMap(({ needs }) => needs), ...otherNeeds(text)];
}
