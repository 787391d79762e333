import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { openDatabase } from '../platform/store/database/connection';
import { recordWorkerCrash } from '../platform/store/workers/workers';
import { openVault } from '../platform/store/secrets/vault';
import type { Settings } from '../platform/settings';
import type { RoleSettings } from '../platform/supervisor';
import { CRASH_EXIT_CODE, handleCrashes } from '../platform/worker/crash';
import { heartbeatIntervalMs } from '../platform/worker/heartbeat';
import { runWorker } from '../platform/worker/main';
import { createWorkerLog } from '../platform/worker/worker-log';

const CONNECTIONS = 4;
/** A worker's statements are short: one without an answer has lost its connection, ms. */
const STATEMENT_LIMIT_MS = 15_000;
const MIN_HEARTBEAT_LIMIT_MS = 1_000;

/**
 * Runs a worker. Its settings are the first line of stdin; it stops on SIGTERM, on SIGINT, and
 * when stdin ends.
 */
export async function worker(): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.on('SIGTERM', end).on('SIGINT', end);
  const input = createInterface(process.stdin).on('close', end);
  const [line] = (await once(input, 'line')) as [string];
  const { apiUrl, name, isConfined, ...settings } = JSON.parse(line) as RoleSettings;
  const { databaseUrl } = settings;
  const vault = openVault(settings.encryptionKey);
  const db = openDatabase(databaseUrl, CONNECTIONS, vault, settings, STATEMENT_LIMIT_MS);
  const log = createWorkerLog(name);
  handleCrashes(log, (blamed) => {
    if (!endAfterCrash(stop, settings.killGraceMs + settings.leaseMs)) return;
    void recordWorkerCrash(db, name, { blamed, hasExited: false }).catch((error: unknown) =>
      log.warn({ err: error }, 'could not record the crash'),
    );
  });
  const heartbeatDb = openDatabase(databaseUrl, 1, null, settings, heartbeatLimitMs(settings));
  try {
    const program = process.argv[1] ?? '';
    await runWorker({ db, heartbeatDb, settings, name, apiUrl, isConfined, program, stop: stop.signal });
  } finally {
    await Promise.all([db.close(), heartbeatDb.close()]);
    process.stdin.destroy();
  }
}

/** A heartbeat without an answer is sent again while the leases are still valid. */
const heartbeatLimitMs = (settings: Settings): number =>
  Math.max(MIN_HEARTBEAT_LIMIT_MS, heartbeatIntervalMs(settings));

/**
 * The worker stops as on SIGTERM: its attempts end or are relinquished, and recovered elsewhere.
 * What the error left in an unknown state may keep it from that: the time is limited. False: it
 * stops already.
 */
function endAfterCrash(stop: AbortController, limitMs: number): boolean {
  process.exitCode = CRASH_EXIT_CODE;
  if (stop.signal.aborted) return false;
  stop.abort();
  setTimeout(() => process.exit(), limitMs).unref();
  return true;
}
