import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { openDatabase } from '../platform/store/database';
import { openVault } from '../platform/store/vault';
import type { RoleSettings } from '../platform/supervisor';
import { runWorker } from '../platform/worker/main';

const CONNECTIONS = 4;

/** The worker's process; its settings are the first line of its stdin. It ends by SIGTERM or SIGINT, and when the platform that started it is gone. */
export async function worker(): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.on('SIGTERM', end).on('SIGINT', end);
  const input = createInterface(process.stdin).on('close', end);
  const [line] = (await once(input, 'line')) as [string];
  const { apiUrl, name, ...settings } = JSON.parse(line) as RoleSettings;
  const db = openDatabase(settings.databaseUrl, CONNECTIONS, openVault(settings.encryptionKey));
  try {
    await runWorker({ db, settings, name, apiUrl, program: process.argv[1] ?? '', stop: stop.signal });
  } finally {
    await db.close();
    process.stdin.destroy();
  }
}
