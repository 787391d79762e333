import { columns } from '../../report/columns';
import type { LedgerState } from '../../sandbox/ledger/ledger';
import { isRunning } from '../../sandbox/ledger/runner-process';
import { readRuns } from './state-directory';

/** `left`: its runner was killed, and sweep removes it. */
const stateOf = ({ run, isKept }: Pick<LedgerState, 'run' | 'isKept'>): 'running' | 'kept' | 'left' =>
  isRunning(run.runner) ? 'running' : isKept ? 'kept' : 'left';

/** Prints each run that has something on its host: id, name, host, state, and what it has. */
export function sandboxList({ json }: { readonly json?: true }): void {
  const rows = readRuns()
    .filter(({ present }) => present.length > 0)
    .map(({ run, present, isKept }) => ({
      ...{ id: run.id, name: run.name, host: run.host, started: run.started, root: run.root },
      ...{ state: stateOf({ run, isKept }), present },
    }));
  if (json) return void process.stdout.write(`${JSON.stringify(rows)}\n`);
  const lines = columns(
    rows.map(({ id, name, host, state, present }) => [
      ...[id, name, host, state],
      present.map(({ kind, name: what }) => `${kind} ${what}`).join(', '),
    ]),
  );
  process.stdout.write(lines.length > 0 ? `${lines.join('\n')}\n` : 'no run has anything on its host\n');
}
