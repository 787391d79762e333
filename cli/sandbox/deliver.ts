import type { SandboxReport } from '../../contract/sandbox/report';
import { postReport } from '../../sandbox/hub/post-report';
import { Spool } from '../../sandbox/hub/spool';
import { SandboxError } from '../../sandbox/sandbox-error';
import { spoolDirectory } from './state-directory';

/** Where reports are posted. */
export interface Hub {
  readonly url: string;
  readonly token: string | null;
}

/** The option, else HUB_URL, else null: none. Throws SandboxError for what is no URL. */
export function selectHub(option: string | undefined): Hub | null {
  const url = option ?? (process.env.HUB_URL || null);
  if (url === null) return null;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new SandboxError('HUB_URL_INVALID', `${url} is no URL of a hub; right would be http://127.0.0.1:8090`);
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new SandboxError('HUB_URL_INVALID', 'the URL of the hub has credentials; right would be HUB_TOKEN');
  return { url, token: process.env.HUB_TOKEN || null };
}

/** The same where one is needed. Throws SandboxError without one. */
export function requireHub(option: string | undefined): Hub {
  const hub = selectHub(option);
  if (hub === null) throw new SandboxError('HUB_URL_INVALID', 'no hub is named; right would be --hub or HUB_URL');
  return hub;
}

/** Posts a report. One that does not reach the hub, or is rejected, stays in the spool. */
export async function deliver(report: SandboxReport, hub: Hub): Promise<void> {
  const [spool, body] = [new Spool(spoolDirectory()), JSON.stringify(report)];
  const name = spool.add(report, body);
  const delivery = await postReport(hub.url, hub.token, body);
  if (delivery.outcome === 'stored') return spool.remove(name);
  if (delivery.outcome === 'unreachable')
    return warn(`HUB_UNREACHABLE: ${hub.url}: ${delivery.reason}; post it later with npx tuningfork hub flush`);
  spool.reject(name, delivery.reason);
  warn(`HUB_REJECTED: ${hub.url}: ${delivery.reason}; the report is in ${spool.rejected}`);
}

const warn = (line: string): void => void process.stderr.write(`${line}\n`);
