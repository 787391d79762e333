import type { SandboxReport } from '../../contract/sandbox-report';
import type { Hub } from '../../tools/sandbox/hub/hub';
import { postReport } from '../../tools/sandbox/hub/post-report';
import { Spool } from '../../tools/sandbox/hub/spool';
import { spoolDirectory } from './state-directory';
import { warnUnlessWritten } from './written';

/**
 * Posts a report, until `stop`. One that does not reach the hub, or is rejected, stays in the
 * spool, where that can be written.
 */
export async function deliver(report: SandboxReport, hub: Hub, stop: AbortSignal): Promise<void> {
  const [spool, body] = [new Spool(spoolDirectory()), JSON.stringify(report)];
  let name = '';
  const isSpooled = warnUnlessWritten(spool.directory, () => {
    name = spool.add(report, body);
  });
  const delivery = await postReport(hub, body, stop);
  if (delivery.outcome === 'stored') return isSpooled ? spool.remove(name) : undefined;
  const later = isSpooled ? 'post it later with npx tuningfork hub flush' : 'it is not kept';
  if (delivery.outcome === 'unreachable') return warn(`HUB_UNREACHABLE: ${hub.url}: ${delivery.reason}; ${later}`);
  const isAside = isSpooled && warnUnlessWritten(spool.rejected, () => spool.reject(name, delivery.reason));
  const where = isAside ? `the report is in ${spool.rejected}` : 'the report is not set aside';
  warn(`HUB_REJECTED: ${hub.url}: ${delivery.reason}; ${where}`);
}

const warn = (line: string): void => void process.stderr.write(`${line}\n`);
