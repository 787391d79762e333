import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimRun } from './claim-results';

/** Later than the end of a claim, by which a process may write what the claim reached, ms. */
const WRITE_DELAY_MS = 100;

/** Which changes the processes of the platform reached. */
export interface Coverage {
  /** By change: the claims that ran then. */
  readonly byClaim: ReadonlyMap<string, ReadonlySet<string>>;
  /** Reached before the first claim: what such code computes, every claim may use. */
  readonly atStart: ReadonlySet<string>;
}

export function readCoverage(directory: string, runs: readonly ClaimRun[]): Coverage {
  const byClaim = new Map<string, Set<string>>();
  const atStart = new Set<string>();
  const firstAt = Math.min(...runs.map(({ from }) => from));
  for (const name of readdirSync(directory))
    for (const line of readFileSync(join(directory, name), 'utf8').split('\n')) {
      const [at, ...ids] = line.split(' ');
      const claims = runs.filter(({ from, to }) => Number(at) >= from && Number(at) <= to + WRITE_DELAY_MS);
      for (const id of ids) {
        if (Number(at) < firstAt) atStart.add(id);
        for (const claim of claims) byClaim.set(id, (byClaim.get(id) ?? new Set<string>()).add(claim.id));
      }
    }
  return { byClaim, atStart };
}
