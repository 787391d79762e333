import { terminalText } from '../../contract/text/terminal-text';
import type { HistoryEntry } from '../../tools/gate/history';
import { isExpired, type Check, type Policy } from '../../tools/gate/policy';
import { daysLeft, type Flake } from '../../tools/gate/run/flakes';
import { flakeRate, windowOf, type Window } from '../../tools/gate/window';
import { columns } from '../../helpers/report/columns';
import { readHistory, readPolicy, today, type HistoryFlags } from './gate-files';
import { readFlakes } from './run/gate-flake';

/** Parsed options. */
export interface GateStatusFlags extends HistoryFlags {
  readonly flakes: string;
}

interface CheckStatus extends Check {
  readonly window: Window;
  readonly flake_rate: number | null;
  readonly expired: boolean;
}

/** Prints the state of each check, its window, and its flake rate; and the listed flakes. */
export function gateStatus({ policy: path, history, flakes: list, json }: GateStatusFlags): void {
  const { policy } = readPolicy(path);
  const checks = statusesOf(policy, readHistory(history));
  const flakes = readFlakes(list).map((flake) => ({ ...flake, days_left: daysLeft(flake, today()) }));
  const lines = [...columns([HEAD, ...checks.map(row)]), ...flakes.flatMap(flakeLines)];
  process.stdout.write(json ? `${JSON.stringify({ checks, flakes })}\n` : `${terminalText(lines.join('\n'))}\n`);
}

const statusesOf = (policy: Policy, history: readonly HistoryEntry[]): CheckStatus[] =>
  policy.checks.map((check) => ({
    ...check,
    window: windowOf(policy, check, history),
    flake_rate: flakeRate(check, history),
    expired: isExpired(check, today()),
  }));

const flakeLines = ({ test, file, date, message, days_left: left }: Flake & { days_left: number }): string[] => [
  `flake since ${date}, ${left < 0 ? 'too old' : `${left} days left`}: ${test} (${file})`,
  `  ${message}`,
];

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
