import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioName, systemTestId } from '../scenario/names';

export interface ClaimSource {
  id: string;
  title: string;
  needs: string[];
}

export interface ScenarioSource {
  /** `tier2` */
  tier: string;
  /** Path below tests/e2e, with forward slashes. */
  file: string;
  /** The spec sentence of the first line. */
  spec: string;
  claims: ClaimSource[];
  /** Titles of the system tests. */
  titles: string[];
}

const SPEC_PATTERN = /^\/\/ Spec: (.+)$/;

const LIST_PATTERN = /^const (\w+) = \[([^\]]*)\];/gm;
const CLAIM_PATTERN = /^claim(?:\.\w+)?\(\s*'([^']+)',\s*(\w+|\[[^\]]*\]),\s*(['"])(.+?)\3,/gm;
const CLAIM_CALL_PATTERN = /^claim(?:\.\w+)?\(/gm;

/** The items in the source of a list; `...OTHER` includes those of another list. */
const listItems = (text: string, lists: ReadonlyMap<string, string[]>): string[] =>
  [...text.matchAll(/'([^']+)'|\.\.\.(\w+)/g)].flatMap(([, item, name]) => item ?? lists.get(name ?? '') ?? []);

function needsOf(source: string, lists: ReadonlyMap<string, string[]>): string[] {
  if (source.startsWith('[')) return listItems(source, lists);
  const needs = lists.get(source);
  if (!needs) throw new Error(`the needs ${source} are not a literal list of the same file`);
  return needs;
}

/**
 * The claims in a source text, in order. Throws if one has an id, needs or title that is not a
 * literal.
 */
export function parseClaims(text: string): ClaimSource[] {
  const lists = new Map<string, string[]>();
  for (const [, name = '', items = ''] of text.matchAll(LIST_PATTERN)) lists.set(name, listItems(items, lists));
  const claims = [...text.matchAll(CLAIM_PATTERN)].map(([, id = '', needs = '', , title = '']) => ({
    id,
    title,
    needs: needsOf(needs, lists),
  }));
  const calls = [...text.matchAll(CLAIM_CALL_PATTERN)].length;
  if (calls !== claims.length)
    throw new Error(`${claims.length} of ${calls} claims have a literal id, needs and title`);
  return claims;
}

const NEEDING_PATTERN = /^ *const (\w+) = systemTestNeeding\(([^)]*)\)/gm;
const OPTIONAL_PATTERN = /\bcanProve\('([^']+)'\)/g;

/** The capabilities that a source text names outside of its claims' needs. */
export function otherNeeds(text: string): string[] {
  const ofSystemTests = [...text.matchAll(NEEDING_PATTERN)].flatMap(([, , items = '']) => listItems(items, new Map()));
  return [...ofSystemTests, ...[...text.matchAll(OPTIONAL_PATTERN)].map(([, name = '']) => name)];
}

/** The titles of the system tests in a source text, in order. */
export function systemTestTitles(text: string): string[] {
  const functions = ['systemTest', ...[...text.matchAll(NEEDING_PATTERN)].map(([, name = '']) => name)];
  const pattern = new RegExp(`^(?:${functions.join('|')})(?:\\.time)?\\(\\s*(['"])(.+?)\\1,`, 'gm');
  return [...text.matchAll(pattern)].map(([, , title = '']) => title);
}

/** Reads every test file below tests/e2e. Throws if a first line is not a spec. */
export function readScenarios(root: string): ScenarioSource[] {
  const base = join(root, 'tests/e2e');
  const files = readdirSync(base, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(base, file), 'utf8');
      const [, spec] = SPEC_PATTERN.exec(text.split('\n', 1)[0] ?? '') ?? [];
      if (spec === undefined) throw new Error(`tests/e2e/${file}: the first line must be \`// Spec: …\``);
      return { tier: file.split('/')[0]!, file, spec, claims: parseClaims(text), titles: systemTestTitles(text) };
    });
}

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/**
 * The ids of all claims and system tests, sorted. A file of system tests has an id of its own too.
 */
export function readTestIds(root: string): string[] {
  const ids = readScenarios(root).flatMap(({ file, claims, titles }) =>
    claims.length > 0
      ? claims.map(({ id }) => id)
      : [scenarioName(file), ...titles.map((title) => systemTestId(file, title))],
  );
  return [...new Set(ids)].sort(byNumber);
}
