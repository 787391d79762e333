import { terminalText } from '../../contract/text/terminal-text';
import { EXIT_CODES } from '../../contract/errors';
import { postReport } from '../../tools/sandbox/hub/post-report';
import { flush, Spool, type Flushed } from '../../tools/sandbox/hub/spool';
import { requireHub } from './select-hub';
import { spoolDirectory } from '../sandbox/state-directory';

/**
 * Posts the reports that wait in the spool, oldest first. Exit 1: the hub has rejected one; 3: it
 * was not reached.
 */
export async function hubFlush({ hub: option, json }: { readonly hub?: string; readonly json?: true }): Promise<void> {
  const hub = requireHub(option);
  const spool = new Spool(spoolDirectory());
  const flushed: Flushed[] = [];
  for await (const each of flush(spool, (body) => postReport(hub, body))) {
    flushed.push(each);
    if (!json) process.stdout.write(`${terminalText(describe(each))}\n`);
  }
  const waiting = spool.names().length;
  if (json) process.stdout.write(`${JSON.stringify({ flushed, waiting })}\n`);
  else if (waiting > 0 || flushed.length === 0)
    process.stdout.write(waiting === 0 ? 'no report waits\n' : `${waiting} wait\n`);
  process.exitCode = exitOf(flushed);
}

const describe = (each: Flushed): string => {
  if (each.outcome === 'stored') return `posted ${each.name}`;
  return `${each.outcome === 'rejected' ? 'HUB_REJECTED' : 'HUB_UNREACHABLE'}: ${each.name}: ${each.reason}`;
};

function exitOf(flushed: readonly Flushed[]): number {
  if (flushed.some(({ outcome }) => outcome === 'unreachable')) return EXIT_CODES.notProvisioned;
  return flushed.some(({ outcome }) => outcome === 'rejected') ? EXIT_CODES.testFailed : EXIT_CODES.done;
}
