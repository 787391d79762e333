import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { FaultError } from '../fault';
import type { ReachMap } from './measure-reach';
import { describeMutant, type Mutant } from './mutant';
import type { MutantResult, SavedTrial, Trial } from './mutant-run';

/** One JSON line for each result, map of reach and open trial; a later run continues it. */
export interface ResultFile {
  /** Results of the selected mutants, from earlier runs. */
  readonly earlier: readonly MutantResult[];
  /** Of the same sources and mutants, for parts of the claims. */
  readonly reach: readonly ReachMap[];
  /** By the id of the mutant: what its trial has run so far. */
  readonly trials: ReadonlyMap<string, SavedTrial>;
  append(result: MutantResult): void;
  appendTrial(trial: Trial): void;
  appendReach(reach: ReachMap): void;
}

/** One line. */
type Entry =
  | MutantResult
  | { readonly open: string; readonly trial: SavedTrial }
  | { readonly measured: string; readonly reach: ReachMap };

/**
 * `measured` identifies the sources and mutants of a map of reach. Throws FaultError for a result
 * of other sources than those of `mutants`.
 */
export function openResultFile(
  path: string,
  { mutants, selected, measured }: { mutants: readonly Mutant[]; selected: readonly Mutant[]; measured: string },
): ResultFile {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const entries = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
  const results = entries.flatMap((entry) => ('mutant' in entry ? [entry] : []));
  const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  for (const { mutant } of results) {
    const current = byId.get(mutant.id);
    if (!current || describeMutant(current) !== describeMutant(mutant))
      throw new FaultError(
        `${path}: the sources have changed since its results: there, mutant ${mutant.id} is ${describeMutant(mutant)}`,
      );
  }
  const ids = new Set(selected.map(({ id }) => id));
  const append = (entry: Entry): void => appendFileSync(path, `${JSON.stringify(entry)}\n`);
  return {
    earlier: results.filter(({ mutant }) => ids.has(mutant.id)),
    reach: entries.flatMap((entry) => ('reach' in entry && entry.measured === measured ? [entry.reach] : [])),
    trials: new Map(entries.flatMap((entry) => ('open' in entry ? [[entry.open, entry.trial] as const] : []))),
    append,
    appendTrial: ({ mutant: { id }, claims, ...trial }) =>
      append({ open: id, trial: { ...trial, left: claims.map((claim) => claim.id) } }),
    appendReach: (reach) => append({ measured, reach }),
  };
}
