import { rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readLedger } from '../../tools/sandbox/ledger/ledger';
import { isRunning } from '../../tools/sandbox/ledger/runner-process';
import { ledgerFile, runIds } from './state-directory';

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Removes the reports and outputs of old runs, unless one still has something on its host. */
export function pruneRuns(): void {
  const now = Date.now();
  for (const id of runIds()) {
    const directory = dirname(ledgerFile(id));
    const age = now - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (age <= KEPT_DAYS * DAY_MS) continue;
    const ledger = readLedger(ledgerFile(id));
    if (ledger !== null && (ledger.present.length > 0 || isRunning(ledger.run.runner))) continue;
    rmSync(directory, { recursive: true, force: true });
  }
}
