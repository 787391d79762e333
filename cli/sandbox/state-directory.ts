import { homedir } from 'node:os';
import { join } from 'node:path';
import { readLedger, type LedgerState, type Resource } from '../../tools/sandbox/ledger/ledger';
import { namesIn } from '../../tools/sandbox/read-if-present';
import { isRunning } from '../../tools/sandbox/ledger/runner-process';

/** Of this user. */
export const userDirectory = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'tuningfork');

/** With a directory for each run: its ledger, its report and its output. */
const stateDirectory = (): string => join(userDirectory(), 'sandbox');

/** With the reports that no hub has received. */
export const spoolDirectory = (): string => join(userDirectory(), 'hub-spool');

/** Ids of the runs that have left a report, or have something on their hosts. */
export const runIds = (): string[] => namesIn(stateDirectory());

export const ledgerFile = (id: string): string => join(stateDirectory(), id, 'ledger.jsonl');

/** `left`: its runner was killed, and sweep removes it. */
type RunState = 'running' | 'kept' | 'left';

/** The runs that have something on their hosts, oldest first. */
export function readPresentRuns(): (LedgerState & { readonly state: RunState })[] {
  return runIds()
    .flatMap((id) => readLedger(ledgerFile(id)) ?? [])
    .filter(({ present }) => present.length > 0)
    .map((ledger) => ({ ...ledger, state: stateOf(ledger) }))
    .sort((a, b) => a.run.started.localeCompare(b.run.started));
}

const stateOf = ({ run, isKept }: LedgerState): RunState =>
  isRunning(run.runner) ? 'running' : isKept ? 'kept' : 'left';

export const resourcesText = (resources: readonly Resource[]): string =>
  resources.map(({ kind, name }) => `${kind} ${name}`).join(', ');
