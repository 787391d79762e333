import type { HistoryEntry } from '../../gate/history';
import { isExpired, type Check, type Policy } from '../../gate/policy';
import { flakeRate, windowOf, type Window } from '../../gate/window';
import { columns } from '../../report/columns';
import { readHistory, readPolicy, today, type HistoryFlags } from './gate-files';

interface CheckStatus extends Check {
  readonly window: Window;
  readonly flake_rate: number | null;
  readonly expired: boolean;
}

/** Prints the state of each check, its window, and its flake rate. */
export function gateStatus({ policy: path, history, json }: HistoryFlags): void {
  const { policy } = readPolicy(path);
  const checks = statusesOf(policy, readHistory(history));
  process.stdout.write(
    json ? `${JSON.stringify({ checks })}\n` : `${columns([HEAD, ...checks.map(row)]).join('\n')}\n`,
  );
}

const statusesOf = (policy: Policy, history: readonly HistoryEntry[]): CheckStatus[] =>
  policy.checks.map((check) => ({
    ...check,
    window: windowOf(policy, check, history),
    flake_rate: flakeRate(check, history),
    expired: isExpired(check, today()),
  }));

const HEAD = ['check', 'state', 'window', 'flake rate', 'jobs', 'owners', ''];

const row = ({ id, state, window, flake_rate: rate, owners, ...check }: CheckStatus): string[] => [
  ...[id, state, `${Math.min(window.green, window.needed)} of ${window.needed}`],
  rate === null ? '–' : `${(100 * rate).toFixed(1)} %`,
  check.jobs.join(', '),
  owners.join(', '),
  noteOf(check),
];

function noteOf({ quarantine, promoted, expired }: Pick<CheckStatus, 'quarantine' | 'promoted' | 'expired'>): string {
  if (quarantine) {
    const { until, owner, reason } = quarantine;
    return `${expired ? 'QUARANTINE_EXPIRED: it gates again; ' : ''}until ${until}, ${owner}: ${reason}`;
  }
  return promoted ? `promoted on ${promoted.on} by ${promoted.approver}` : '';
}
