import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Remaining } from '../../../contract/sandbox-report';
import { readTextIfPresent } from '../read-if-present';

/** Something that a run creates on its host. */
export type Resource = Readonly<Omit<Remaining, 'remove'>>;

/** One line of a ledger. A resource is written before it is created, and again once it is gone. */
export type LedgerRow =
  | { readonly type: 'run'; readonly run: RunRecord }
  | { readonly type: 'created'; readonly resource: Resource }
  | { readonly type: 'removed'; readonly resource: Resource }
  | { readonly type: 'kept' };

/** What `sweep` and `down` need to know of a run. */
export interface RunRecord {
  readonly id: string;
  /** Also the name of its directory and the mark of its processes: `greeter-1f2e3d4c`. */
  readonly name: string;
  readonly host: string;
  readonly root: string;
  readonly directory: string;
  readonly started: string;
  /** Of the process that runs it: with the start, no later process is taken for it. */
  readonly runner: { readonly pid: number; readonly start: string };
}

/** The ledger of one run: a file of JSON lines, each on the disk before the next step. */
export class Ledger {
  constructor(readonly file: string) {}

  begin(run: RunRecord): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    this.append({ type: 'run', run });
  }

  created(resource: Resource): void {
    this.append({ type: 'created', resource });
  }

  removed(resource: Resource): void {
    this.append({ type: 'removed', resource });
  }

  /** What is present stays on purpose: it is no orphan. */
  kept(): void {
    this.append({ type: 'kept' });
  }

  private append(row: LedgerRow): void {
    const descriptor = openSync(this.file, 'a', 0o600);
    try {
      appendFileSync(descriptor, `\n${JSON.stringify(row)}\n`); // a kill may have cut off the line before
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

/** A run, and what it created and has not removed, newest first. */
export interface LedgerState {
  readonly run: RunRecord;
  readonly present: readonly Resource[];
  readonly isKept: boolean;
}

/** Null where there is no ledger: its first line was not written, or nothing was to be created. */
export function readLedger(file: string): LedgerState | null {
  const rows = (readTextIfPresent(file) ?? '').split('\n').flatMap(parseRow);
  const [first] = rows;
  if (first?.type !== 'run') return null;
  const keyOf = ({ kind, name }: Resource) => `${kind} ${name}`;
  const present = new Map<string, Resource>();
  for (const row of rows) {
    if (row.type === 'created') present.set(keyOf(row.resource), row.resource);
    if (row.type === 'removed') present.delete(keyOf(row.resource));
  }
  const isKept = rows.some(({ type }) => type === 'kept');
  return { run: first.run, present: [...present.values()].reverse(), isKept };
}

/** A line that a kill cut off announced something that was not created. */
function parseRow(line: string): LedgerRow[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as LedgerRow];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
