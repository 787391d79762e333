import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { readTestIds } from '../../helpers/docs/scenario-files';
import { carryOver } from './carry-over';
import { readStatements, renderStatements, type Statement } from './promise-file';
import { statementsOf } from './sentences';

const FOLDER = 'tests/promises';
const ROWS = 'tests/attack-rows.json';

/** A page of `docs/` with an entry for each of its statements. */
export interface PromisePage {
  /** `timers`, of docs/timers.md. */
  readonly page: string;
  /** Path of its entries below the root. */
  readonly file: string;
  /** As the page is now. */
  readonly statements: readonly Statement[];
  /** The text of the file, if it has exactly these. */
  readonly rendered: string;
}

/** The pages with a file in `tests/promises`. An empty file begins a page. */
export const readPromisePages = (root: string): PromisePage[] =>
  readdirSync(join(root, FOLDER))
    .sort()
    .map((name) => {
      const [file, page] = [`${FOLDER}/${name}`, parse(name).name];
      const texts = statementsOf(readFileSync(join(root, `docs/${page}.md`), 'utf8'));
      const statements = carryOver(page, texts, readStatements(join(root, file)));
      return { page, file, statements, rendered: renderStatements(statements) };
    });

/** Entries without exactly one of proof, reason and `explains`, and proofs that do not exist. */
export function promiseFaults(root: string, statements: readonly Statement[]): string[] {
  const rows = JSON.parse(readFileSync(join(root, ROWS), 'utf8')) as [string, string][];
  const ids = new Set([...readTestIds(root), ...rows.map(([id]) => id)]);
  const isProof = (name: string): boolean =>
    ids.has(name) || (name.startsWith('tests/') && name.endsWith('.test.ts') && existsSync(join(root, name)));
  return statements.flatMap(({ id, says, proof, open, explains }) => {
    const kinds = [proof, open, explains].filter((kind) => kind !== undefined).length;
    return [
      ...(kinds === 1 ? [] : [`${id} needs one of proof, open and explains: ${says}`]),
      ...(proof ?? []).filter((name) => !isProof(name)).map((name) => `${id}: there is no test ${name}`),
    ];
  });
}
