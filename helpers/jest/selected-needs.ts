import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { otherNeeds, parseClaims } from '../docs/scenario-files';

/** What of the suite runs. */
export interface Selection {
  /** Paths of the test files; null: all. */
  readonly files: readonly string[] | null;
  /** `-t`; undefined: every test. */
  readonly titlePattern: string | undefined;
}

/** Where the words of scenarios are, which name needs of single lines, too. */
const WORDS = ['helpers/scenario', 'tests/e2e/support'];

/**
 * The capabilities that the selected tests name: their needs, and those of single lines, in their
 * files and in the words that these import.
 */
export function selectedNeeds(root: string, { files, titlePattern }: Selection): Set<string> {
  const base = join(root, 'tests/e2e');
  const paths = files?.filter((path) => path.startsWith(base)) ?? testFiles(base);
  const pattern = new RegExp(titlePattern ?? '', 'i');
  const words = new Map<string, string>();
  const needs = paths.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const own = needsInText(text, pattern);
    if (own !== null) addImportedWords(root, path, text, words);
    return own ?? [];
  });
  return new Set([...needs, ...[...words.values()].flatMap(otherNeeds)]);
}

/** Adds the texts of the words that a file imports, and of those that they import, by path. */
function addImportedWords(root: string, path: string, text: string, words: Map<string, string>): void {
  for (const [, specifier = ''] of text.matchAll(/ from '(\.[^']+)';/g)) {
    const word = `${resolve(dirname(path), specifier)}.ts`;
    if (words.has(word) || !WORDS.some((folder) => word.startsWith(join(root, folder))) || !existsSync(word)) continue;
    const imported = readFileSync(word, 'utf8');
    words.set(word, imported);
    addImportedWords(root, word, imported, words);
  }
}

/** Paths of all test files below a directory. */
export const testFiles = (base: string): string[] =>
  readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(base, file));

/**
 * Those of the claims with a matching title; in a file without claims, all. Null: no claim of the
 * file is selected.
 */
export function needsInText(text: string, titlePattern: RegExp): string[] | null {
  const claims = parseClaims(text);
  const selected = claims.filter(({ id, title }) => titlePattern.test(`${id} ${title}`));
  if (claims.length > 0 && selected.length === 0) return null;
  return [...selected.flatMap(({ needs }) => needs), ...otherNeeds(text)];
}
