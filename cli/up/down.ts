import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CODES } from '../../contract/errors';
import { messageOf } from '../../helpers/errors';
import { CommandError, usageError } from '../failures';
import {
  describeHolder,
  findPortHolder,
  isRunning,
  readIdentity,
  type LocalIdentity,
  type PortHolder,
} from './port-holder';

/** Parsed options. */
export interface DownFlags {
  readonly host: string;
  readonly port: number;
  readonly json?: true;
}

/** Longer than a platform may take to close and to be cleaned up, after its grace. */
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/**
 * Stops the platform that listens on a port of an address of this host, and waits until it has
 * ended. Any other process there is left alone: exit 2. What listens on the same port of another
 * address is not concerned.
 */
export async function down({ host, port, json }: DownFlags): Promise<void> {
  const { address } = await lookup(host).catch((error: unknown) => {
    throw usageError(`--host ${host} is no address: ${messageOf(error)}`);
  });
  const identity = await readIdentity(address, port);
  const holder = findPortHolder(address, port);
  if (identity === null && holder === null) return report(json ?? false, { port, stopped: null });
  if (identity === null || holder?.pid !== identity.pid) throw foreign(port, holder ?? { pid: null });
  process.kill(identity.pid, 'SIGTERM');
  const limitMs = STOP_TIMEOUT_MS + identity.shutdown_grace_seconds * 1_000;
  for (let waitedMs = 0; isRunning(identity.pid); waitedMs += POLL_MS) {
    if (waitedMs >= limitMs) throw stillRunning(identity, limitMs);
    await sleep(POLL_MS);
  }
  report(json ?? false, { port, stopped: identity });
}

interface Report {
  readonly port: number;
  readonly stopped: LocalIdentity | null;
}

function report(json: boolean, { port, stopped }: Report): void {
  const text =
    stopped === null
      ? `nothing listens on port ${port}`
      : `stopped platform ${stopped.instance_id}, pid ${stopped.pid}`;
  process.stdout.write(`${json ? JSON.stringify({ port, stopped }) : text}\n`);
}

const foreign = (port: number, holder: PortHolder) =>
  usageError(
    `FOREIGN_PORT_HOLDER: port ${port} is held by ${describeHolder(holder)}, which is no platform of this user; ` +
      'it was not stopped',
  );

const stillRunning = ({ instance_id, pid }: LocalIdentity, limitMs: number) =>
  new CommandError(
    `STILL_RUNNING: platform ${instance_id}, pid ${pid}, has not ended within ${limitMs / 1_000} s`,
    EXIT_CODES.testFailed,
  );
