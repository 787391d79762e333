import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { openDatabase } from '../platform/store/database/connection';
import { openVault } from '../platform/store/secrets/vault';
import type { RoleSettings } from '../platform/supervisor';
import { CRASH_EXIT_CODE, handleCrashes } from '../platform/worker/crash';
import { runWorker } from '../platform/worker/main';
import { createWorkerLog } from '../platform/worker/worker-log';

const CONNECTIONS = 4;

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
  const { apiUrl, name, ...settings } = JSON.parse(line) as RoleSettings;
  handleCrashes(createWorkerLog(name), () => endAfterCrash(stop, settings.killGraceMs + settings.leaseMs));
  const db = openDatabase(settings.databaseUrl, CONNECTIONS, openVault(settings.encryptionKey), settings.extensions);
  try {
    await runWorker({ db, settings, name, apiUrl, program: process.argv[1] ?? '', stop: stop.signal });
  } finally {
    await db.close();
    process.stdin.destroy();
  }
}

/**
 * The worker stops as on SIGTERM: its attempts end or are relinquished, and recovered elsewhere.
 * What the error left in an unknown state may keep it from that: the time is limited.
 */
function endAfterCrash(stop: AbortController, limitMs: number): void {
  process.exitCode = CRASH_EXIT_CODE;
  if (stop.signal.aborted) return;
  stop.abort();
  setTimeout(() => process.exit(), limitMs).unref();
}
