import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { startHub, type RunningHub } from '../../tools/hub/server/start-hub';
import { startPostgres } from '../../platform/embedded/embedded';
import { startWatchdog, type Watchdog } from '../../platform/embedded/watchdog';
import { usageError } from '../failures';
import { checkDatabase } from '../serve/external-database';
import { hideSecrets } from '../serve/hide-secrets';
import { isLoopback } from '../serve/loopback';
import { userDirectory } from '../sandbox/state-directory';
import { logUncaughtErrors, openPlatformLog } from '../serve/platform-log';
import { startUnlessStopped } from '../serve/serve-until-stop';
import { announceStop, exitForCause, waitForStop } from '../stop-cause';

/** Parsed options. */
export interface HubServeFlags {
  readonly port: number;
  readonly host: string;
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly keepDays: number;
  readonly json?: true;
  readonly exitWithStdin?: true;
}

/**
 * Runs a hub until a stop is requested. Its PostgreSQL is that of the option, else of
 * HUB_DATABASE_URL, else an embedded one in the data directory.
 */
export async function hubServe(flags: HubServeFlags): Promise<void> {
  const stopRequest = waitForStop(flags.exitWithStdin ?? false);
  const token = process.env.HUB_TOKEN || null;
  requireToken(flags.host, token);
  const watchdog = await startWatchdog();
  const { log } = openPlatformLog();
  logUncaughtErrors(log);
  const starting = startServing(flags, { token, watchdog, log });
  const hub = await startUnlessStopped(watchdog, starting, stopRequest, () => undefined);
  if (hub === null) return;
  const url = `http://${flags.host}:${hub.port}`;
  process.stdout.write(
    flags.json ? `${JSON.stringify({ url })}\n` : `The hub is on ${url}: set HUB_URL to this address.\n`,
  );
  const cause = await stopRequest;
  announceStop(cause, 'requests that run are answered');
  await hub.stop();
  await watchdog.stop();
  exitForCause(cause);
}

interface Serving {
  readonly token: string | null;
  readonly watchdog: Watchdog;
  readonly log: Logger;
}

async function startServing(flags: HubServeFlags, { token, watchdog, log }: Serving): Promise<RunningHub> {
  const { host, port, keepDays } = flags;
  return startHub({ database: await openDatabase(flags, watchdog), host, port, token, keepDays, log });
}

function requireToken(host: string, token: string | null): void {
  if (token !== null || isLoopback(host)) return;
  throw usageError(`HUB_TOKEN_MISSING: other hosts reach ${host}: set HUB_TOKEN, here and for the runs`);
}

/** Its connection URL. */
async function openDatabase({ data, databaseUrl }: HubServeFlags, watchdog: Watchdog): Promise<string> {
  const url = databaseUrl ?? (process.env.HUB_DATABASE_URL || null);
  if (url === null) {
    const log = pino({ level: 'silent' });
    const postgres = await startPostgres({ directory: data ?? defaultData(), durable: true, log, watchdog });
    return postgres.url;
  }
  hideSecrets([url]);
  await checkDatabase(url);
  return url;
}

/** PostgreSQL does not run as root, and another user may not enter the home of root. */
const defaultData = (): string => (process.getuid?.() === 0 ? '/var/lib/tuningfork/hub' : join(userDirectory(), 'hub'));
