import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOfFile, type Fault } from '../fault';
import { applyMarkedFault } from '../source/apply-fault';
import type { ClaimRun } from './claim-results';
import { emptyCoverage, readCoverage } from './coverage';

/** A fault in a copy of the project whose place notes when it runs. */
export interface MarkedFault {
  /** Those of the claims in whose time the place ran; null if that is not known. */
  ranDuring(claims: readonly string[], times: readonly ClaimRun[]): string[] | null;
  restore(): void;
}

/** Below the copy. */
const NOTES = 'fault-coverage';
/** Between two notes of a process, ms. */
const PERIOD_MS = 50;

/** Changes the copy. Throws FaultError. */
export function applyMarked(root: string, fault: Fault): MarkedFault {
  const path = join(root, pathOfFile(fault.file));
  const directory = join(root, NOTES);
  const text = readFileSync(path, 'utf8');
  const { changed, marked } = applyMarkedFault(fault, text, noteOf(fault.id, directory));
  emptyCoverage(directory);
  writeFileSync(path, marked ?? changed);
  return {
    ranDuring: (claims, times) => (marked === null ? null : claimsWithNotes(fault.id, directory, { claims, times })),
    restore: () => writeFileSync(path, text),
  };
}

/**
 * An expression that appends a line to a file of the process: epoch ms, then the id. It needs no
 * import, as it may be in any file, and no global by its name, which may be that of a parameter.
 */
function noteOf(id: string, directory: string): string {
  const path = JSON.stringify(directory);
  return [
    '((shared, fs) => {',
    'const now = shared.Date.now();',
    `if (now - (shared.faultNotedAt ?? 0) < ${PERIOD_MS} || !fs.existsSync(${path})) return;`,
    'shared.faultNotedAt = now;',
    `fs.appendFileSync(${path} + '/' + shared.process.pid, now + ' ${id}\\n');`,
    "})(globalThis, require('node:fs'))",
  ].join(' ');
}

/** A claim whose time is not recorded counts if the place ran at all. */
function claimsWithNotes(
  id: string,
  directory: string,
  { claims, times }: { readonly claims: readonly string[]; readonly times: readonly ClaimRun[] },
): string[] {
  const isNoted = existsSync(directory) && readdirSync(directory).length > 0;
  if (!isNoted) return [];
  const { byClaim, atStart } = readCoverage(directory, times);
  const isTimed = (claim: string): boolean => times.some((time) => time.id === claim);
  return claims.filter((claim) => atStart.has(id) || !isTimed(claim) || byClaim.get(id)?.has(claim));
}
