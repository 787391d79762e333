import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ClaimSource {
  id: string;
  title: string;
  needs: string[];
}

export interface ScenarioSource {
  /** `tier2` */
  tier: string;
  /** Below tests/e2e, with forward slashes. */
  file: string;
  /** The sentence of the first line. */
  spec: string;
  claims: ClaimSource[];
  /** Titles of what is no claim: the tests of the systems. */
  trials: string[];
}

const SPEC = /^\/\/ Spec: (.+)$/;

const LIST = /^const (\w+) = \[([^\]]*)\];/gm;
const CLAIM = /^claim(?:\.concurrent)?\(\s*'([^']+)',\s*(\w+|\[[^\]]*\]),\s*(['"])(.+?)\3,/gm;
const CALL = /^claim(?:\.concurrent)?\(/gm;

/** The words of a list's source; `...OTHER` stands for another list's. */
const wordsOf = (text: string, lists: ReadonlyMap<string, string[]>): string[] =>
  [...text.matchAll(/'([^']+)'|\.\.\.(\w+)/g)].flatMap(([, word, name]) => word ?? lists.get(name ?? '') ?? []);

/** The claims of a source text, in order. Throws where one is not written as all are: id, needs, title on its own. */
export function claimsIn(text: string): ClaimSource[] {
  const lists = new Map<string, string[]>();
  for (const [, name = '', words = ''] of text.matchAll(LIST)) lists.set(name, wordsOf(words, lists));
  const claims = [...text.matchAll(CLAIM)].map(([, id = '', needs = '', , title = '']) => ({
    id,
    title,
    needs: lists.get(needs) ?? wordsOf(needs, lists),
  }));
  const calls = [...text.matchAll(CALL)].length;
  if (calls !== claims.length)
    throw new Error(`${calls} claims, of which ${claims.length} have a literal id and title`);
  return claims;
}

const TRIAL = /^trial\(\s*(['"])(.+?)\1,/gm;

/** Every scenario file below tests/e2e. Throws where a first line is no spec. */
export function readScenarios(root: string): ScenarioSource[] {
  const base = join(root, 'tests/e2e');
  const files = readdirSync(base, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(base, file), 'utf8');
      const [, spec] = SPEC.exec(text.split('\n', 1)[0] ?? '') ?? [];
      if (spec === undefined) throw new Error(`tests/e2e/${file}: the first line must be \`// Spec: …\``);
      const trials = [...text.matchAll(TRIAL)].map(([, , title = '']) => title);
      return { tier: file.split('/')[0]!, file, spec, claims: claimsIn(text), trials };
    });
}
