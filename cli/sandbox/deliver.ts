import type { SandboxReport } from '../../contract/sandbox/report';
import type { Hub } from '../../sandbox/hub/hub';
import { postReport } from '../../sandbox/hub/post-report';
import { Spool } from '../../sandbox/hub/spool';
import { spoolDirectory } from './state-directory';

/** Posts a report. One that does not reach the hub, or is rejected, stays in the spool. */
export async function deliver(report: SandboxReport, hub: Hub): Promise<void> {
  const [spool, body] = [new Spool(spoolDirectory()), JSON.stringify(report)];
  const name = spool.add(report, body);
  const delivery = await postReport(hub, body);
  if (delivery.outcome === 'stored') return spool.remove(name);
  if (delivery.outcome === 'unreachable')
    return warn(`HUB_UNREACHABLE: ${hub.url}: ${delivery.reason}; post it later with npx tuningfork hub flush`);
  spool.reject(name, delivery.reason);
  warn(`HUB_REJECTED: ${hub.url}: ${delivery.reason}; the report is in ${spool.rejected}`);
}

const warn = (line: string): void => void process.stderr.write(`${line}\n`);
