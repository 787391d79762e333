import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { FaultError } from '../fault';
import { describeMutant, type Mutant } from './mutant';
import type { MutantResult } from './mutant-run';

/** A file with one JSON line for each result, which a later run continues. */
export interface ResultFile {
  /** Results of the selected mutants, from earlier runs. */
  readonly earlier: readonly MutantResult[];
  append(result: MutantResult): void;
}

/** Throws FaultError for a result of other sources than those of `mutants`. */
export function openResultFile(path: string, mutants: readonly Mutant[], selected: readonly Mutant[]): ResultFile {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const results = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as MutantResult);
  const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  for (const { mutant } of results) {
    const current = byId.get(mutant.id);
    if (!current || describeMutant(current) !== describeMutant(mutant))
      throw new FaultError(
        `${path}: the sources have changed since its results: there, mutant ${mutant.id} is ${describeMutant(mutant)}`,
      );
  }
  const ids = new Set(selected.map(({ id }) => id));
  return {
    earlier: results.filter(({ mutant }) => ids.has(mutant.id)),
    append: (result) => appendFileSync(path, `${JSON.stringify(result)}\n`),
  };
}
