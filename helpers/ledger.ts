import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What fixture processes write: one line an entry, `key event execution pid microseconds`. */
export interface LedgerEntry {
  key: string;
  event: 'start' | 'end' | 'beat';
  execution: number;
  pid: number;
  /** Epoch ms with a microsecond fraction, by the process's own clock. */
  at: number;
}

/** A file its test's processes append to: it proves what really ran, even if the platform's records lie. */
export interface Ledger {
  readonly path: string;
  entries(key?: string, event?: LedgerEntry['event']): LedgerEntry[];
  /** How often a process began under the key. */
  count(key: string): number;
}

const LINE = /^(\S+) (start|end|beat) (\d+) (\d+) (\d+)$/;

function parsed(line: string): LedgerEntry {
  const [, key, event, execution, pid, at] = LINE.exec(line) ?? [];
  if (key === undefined || (event !== 'start' && event !== 'end' && event !== 'beat')) {
    throw new Error(`the ledger holds a line that no fixture writes: ${JSON.stringify(line)}`);
  }
  return { key, event, execution: Number(execution), pid: Number(pid), at: Number(at) / 1_000 };
}

/** Makes the file `<directory>/<name>.ledger`, or opens it. */
export function openLedger(directory: string, name: string): Ledger {
  const path = join(directory, `${name}.ledger`);
  if (!existsSync(path)) appendFileSync(path, '');
  const entries: Ledger['entries'] = (key, event) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1) // the last line ends with a newline, or is still being written
      .map(parsed)
      .filter((entry) => (key === undefined || entry.key === key) && (event === undefined || entry.event === event));
  return { path, entries, count: (key) => entries(key, 'start').length };
}
