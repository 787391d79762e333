import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { buildApi } from './api/server';
import { ROUTES } from './api/routes';
import { manifestOf, withWorkers } from './capabilities';
import { startExecutor, type Executor } from './executor/run';
import { startNotifier, type Notifier } from './notifier/server';
import { ensureCorePack } from './packs/core';
import { packRootsOf } from './packs/pack-roots';
import type { Settings } from './settings';
import { openDatabase, openPool, type Database } from './store/database';
import { DEFAULT_USER, ensureDefaultUser, ensureSecret } from './store/identities';
import { migrate } from './store/migrate';
import { openVault } from './store/vault';
import { activeWorkers, workersPresent } from './store/workers';
import { superviseWorkers, type Secrets, type Supervisor, type Surroundings } from './supervisor';

/** A worker is silent for too long after three heartbeats. */
const HEARTBEATS_TO_STALE = 3;
const WORKERS_READY_MS = 30_000;
const CONNECTIONS = 12;
const OWNER_CONNECTIONS = 6;

export interface Platform {
  readonly url: string;
  /** Of the notifier's own port; `/ws` is on the API's port too. */
  readonly notifierUrl: string;
  readonly login: string;
  readonly password: string;
  readonly instanceId: string;
  /** Stops taking requests, lets workers drain, and closes every connection. */
  close(): Promise<void>;
}

/** No worker took up its work in time. */
export class WorkersNotReady extends Error {
  constructor(wanted: number, found: number) {
    super(`${found} of ${wanted} workers became active within ${WORKERS_READY_MS / 1_000} s: see the log above`);
    this.name = 'WorkersNotReady';
  }
}

/**
 * Brings the database up to date and starts every role: API and executor here, workers as processes of their own.
 * Answers when requests are accepted and all workers are active. Throws what kept it from starting, with nothing left running.
 */
export async function startPlatform(settings: Settings, surroundings: Surroundings): Promise<Platform> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const release of closers.splice(0).reverse()) await release();
  };
  try {
    await migrate(settings.databaseUrl);
    const ownerPool = openPool(settings.databaseUrl, OWNER_CONNECTIONS);
    closers.push(() => ownerPool.end());
    const secrets = await secretsOf(ownerPool, settings);
    const db = openDatabase(settings.databaseUrl, CONNECTIONS, openVault(secrets.encryptionKey));
    closers.push(() => db.close());
    await furnish(db, ownerPool, surroundings.root);
    const { tokenSecret } = secrets;
    const notifier = await startNotifier({
      ...settings,
      port: settings.notifierPort,
      db,
      tokenSecret,
      log: surroundings.log,
    });
    closers.push(() => notifier.close());
    const url = await startApi(db, notifier, settings, surroundings, tokenSecret, closers);
    const supervisor: Supervisor = superviseWorkers({ ...settings, ...secrets }, url, surroundings);
    closers.push(() => supervisor.stop());
    const executor: Executor = await startExecutor(
      db,
      ownerPool,
      { ...settings, staleMs: settings.heartbeatMs * HEARTBEATS_TO_STALE },
      surroundings.log,
    );
    closers.push(() => executor.stop());
    await workersReady(db, settings);
    const { login, password } = DEFAULT_USER;
    const notifierUrl = Object.assign(new URL(url), { port: notifier.port }).origin;
    return { url, notifierUrl, login, password, instanceId: settings.instance, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Those of the settings, else those made for this database. */
async function secretsOf(ownerPool: Pool, settings: Settings): Promise<Secrets> {
  return {
    tokenSecret: settings.tokenSecret ?? (await ensureSecret(ownerPool, 'token_secret')),
    encryptionKey: settings.encryptionKey ?? (await ensureSecret(ownerPool, 'encryption_key')),
  };
}

/** What a new database lacks: the built-in pack, the first user. */
async function furnish(db: Database, ownerPool: Pool, root: string): Promise<void> {
  await ensureCorePack(ownerPool, root);
  await ensureDefaultUser(db);
}

async function startApi(
  db: Database,
  notifier: Notifier,
  settings: Settings,
  { log, root }: Surroundings,
  tokenSecret: string,
  closers: (() => Promise<void>)[],
): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const manifest = manifestOf({ ...settings, notifierPort: notifier.port }, version, new Date().toISOString());
  const api = buildApi(
    {
      db,
      tokenSecret,
      selfRegistration: settings.selfRegistration,
      loginTries: settings.loginTries,
      refreshRotation: settings.refreshRotation,
      packsDirectory: join(settings.directory, 'packs'),
      packRoots: await packRootsOf(settings.packRoots, settings.directory),
      egress: settings.egress,
      directory: settings.directory,
      workerStaleMs: settings.heartbeatMs * HEARTBEATS_TO_STALE,
      version,
      manifest: async () => withWorkers(manifest, await workersPresent(db)),
      live: notifier,
    },
    ROUTES,
    log,
  );
  notifier.attach(api.server);
  closers.push(async () => {
    await notifier.endAll(); // a server waits for its sockets
    await api.close();
  });
  const listening = new URL(await api.listen({ host: settings.host, port: settings.port }));
  return `http://${isAny(settings.host) ? '127.0.0.1' : listening.hostname}:${listening.port}`;
}

const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::';

async function workersReady(db: Database, settings: Settings): Promise<void> {
  const deadline = performance.now() + WORKERS_READY_MS;
  for (;;) {
    const active = await activeWorkers(db, `${settings.instance}-w`);
    if (active >= settings.workers) return;
    if (performance.now() > deadline) throw new WorkersNotReady(settings.workers, active);
    await pause(20);
  }
}
