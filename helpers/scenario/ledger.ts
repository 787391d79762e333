import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeJson } from '../../contract/json-text/write-json';

/** One line that a fixture process writes: `key event execution pid microseconds`. */
export interface LedgerEntry {
  /** Path of the file, as the process sees it. */
  ledger: string;
  key: string;
  event: 'start' | 'end' | 'beat';
  execution: number;
  /** As the process sees it: its target may run it in a pid namespace. */
  pid: number;
  /** Epoch ms with a microsecond fraction, by the target's clock. */
  atMs: number;
}

/**
 * A file that the processes of one test append to: evidence of what ran, independent of the
 * platform.
 */
export interface Ledger {
  readonly path: string;
  entries(key?: string, event?: LedgerEntry['event']): LedgerEntry[];
  /** Number of processes that started under the key. */
  count(key: string): number;
}

const LINE_PATTERN = /^(\S+) (start|end|beat) (\d+) (\d+) (\d+)$/;

function parseLine(ledger: string, line: string): LedgerEntry {
  const [, key, event, execution, pid, atMs] = LINE_PATTERN.exec(line) ?? [];
  if (key === undefined || (event !== 'start' && event !== 'end' && event !== 'beat')) {
    throw new Error(`invalid line in the ledger:  ${writeJson(line)}`);
  }
  return { ledger, key, event, execution: Number(execution), pid: Number(pid), atMs: Number(atMs) / 1_000 };
}

export const LEDGER_EXTENSION = '.ledger';
const ALL_USERS_WRITE = 0o666;

/**
 * Creates the file `<directory>/<name>.ledger`, or opens an existing one. `aheadMs`: how far the
 * target's clock is ahead of that of the processes.
 */
export function openLedger(directory: string, name: string, aheadMs = 0): Ledger {
  const path = join(directory, `${name}${LEDGER_EXTENSION}`);
  if (!existsSync(path)) {
    appendFileSync(path, '');
    chmodSync(path, ALL_USERS_WRITE); // processes may run as another user
  }
  const entries: Ledger['entries'] = (key, event) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1) // text after the last newline is an incomplete line
      .map((line) => parseLine(path, line))
      .map((entry) => ({ ...entry, atMs: entry.atMs + aheadMs }))
      .filter((entry) => (key === undefined || entry.key === key) && (event === undefined || entry.event === event));
  return { path, entries, count: (key) => entries(key, 'start').length };
}
