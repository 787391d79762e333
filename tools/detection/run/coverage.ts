import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaimRun } from './claim-results';

/** Later than the end of a claim, by which a process may write what the claim reached, ms. */
const WRITE_DELAY_MS = 100;

/** Which changes the processes of the platform reached. */
export interface Coverage {
  /** By change: the claims that ran then. */
  readonly byClaim: ReadonlyMap<string, ReadonlySet<string>>;
  /**
   * Reached before the first claim, and not again by a process that ran then: what such code
   * computes, every claim may use.
   */
  readonly atStart: ReadonlySet<string>;
}

/** What every user of the platform may write to. */
const ALL_USERS = 0o1777;

/** Makes the directory for the notes of one run, without those of the run before. */
export function emptyCoverage(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  chmodSync(directory, ALL_USERS);
}

export function readCoverage(directory: string, runs: readonly ClaimRun[]): Coverage {
  const byClaim = new Map<string, Set<string>>();
  const atStart = new Set<string>();
  const later = new Set<string>();
  const firstAt = Math.min(...runs.map(({ from }) => from));
  for (const name of readdirSync(directory)) {
    const lines = readFileSync(join(directory, name), 'utf8').split('\n').map(parseLine);
    const isFromStart = lines[0]!.at < firstAt;
    for (const { at, ids } of lines) {
      const claims = runs.filter(({ from, to }) => at >= from && at <= to + WRITE_DELAY_MS);
      for (const id of ids) {
        if (at < firstAt) atStart.add(id);
        else if (isFromStart) later.add(id);
        for (const claim of claims) byClaim.set(id, (byClaim.get(id) ?? new Set<string>()).add(claim.id));
      }
    }
  }
  return { byClaim, atStart: new Set([...atStart].filter((id) => !later.has(id))) };
}

function parseLine(line: string): { at: number; ids: string[] } {
  const [at, ...ids] = line.split(' ');
  return { at: Number(at), ids };
}
