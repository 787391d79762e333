import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readLedger, type LedgerState } from '../../sandbox/ledger/ledger';

/** Of this user, with a directory for each run: its ledger, its report and its output. */
const stateDirectory = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'tuningfork/sandbox');

export const ledgerFile = (id: string): string => join(stateDirectory(), id, 'ledger.jsonl');

/** The runs that have a ledger, oldest first. */
export function readRuns(): LedgerState[] {
  return runIds()
    .flatMap((id) => readLedger(ledgerFile(id)) ?? [])
    .sort((a, b) => a.run.started.localeCompare(b.run.started));
}

function runIds(): string[] {
  try {
    return readdirSync(stateDirectory());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
