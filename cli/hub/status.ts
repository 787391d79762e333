import { terminalText } from '../../contract/text/terminal-text';
import { Spool } from '../../tools/sandbox/hub/spool';
import { spoolDirectory } from '../sandbox/state-directory';

/** Prints how many reports wait for the hub, since when, and how many it has rejected. */
export function hubStatus({ json }: { readonly json?: true }): void {
  const spool = new Spool(spoolDirectory());
  const [waiting, rejected] = [spool.names(), spool.rejectedNames()];
  const [oldest] = waiting;
  const oldestAt = oldest === undefined ? null : (JSON.parse(spool.read(oldest)) as { started_at: string }).started_at;
  const status = { waiting: waiting.length, oldest: oldestAt, rejected: rejected.length, spool: spool.directory };
  if (json) return void process.stdout.write(`${JSON.stringify(status)}\n`);
  const since = oldestAt === null ? '' : `, the oldest since ${terminalText(oldestAt)}`;
  process.stdout.write(`waiting: ${waiting.length}${since}\nrejected: ${rejected.length}\nspool: ${spool.directory}\n`);
}
