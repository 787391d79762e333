import { openDatabase } from '../platform/store/database';
import type { RoleSettings } from '../platform/supervisor';
import { runWorker } from '../platform/worker/main';
import { onStdinEnd } from './endings';

const CONNECTIONS = 4;

/** The worker's process. It ends by SIGTERM or SIGINT, and when the platform that started it is gone. */
export async function worker(): Promise<void> {
  const { apiUrl, name, ...settings } = roleSettings();
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.on('SIGTERM', end).on('SIGINT', end);
  onStdinEnd(end);
  const db = openDatabase(settings.databaseUrl, CONNECTIONS);
  try {
    await runWorker({ db, settings, name, apiUrl, stop: stop.signal });
  } finally {
    await db.close();
    process.stdin.destroy();
  }
}

/** Taken out of the environment, where the actions would inherit the database's password. */
function roleSettings(): RoleSettings {
  const text = process.env.PLATFORM_ROLE_SETTINGS ?? '';
  delete process.env.PLATFORM_ROLE_SETTINGS;
  return JSON.parse(text) as RoleSettings;
}
