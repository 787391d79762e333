import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import pino from 'pino';
import type { Pool } from 'pg';
import type { Api, ApiContext } from '../../../platform/api/context';
import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/server';
import { startPostgres } from '../../../platform/embedded';
import { ensureCorePack } from '../../../platform/packs/core';
import { projectRoot } from '../../../platform/root';
import { openDatabase, openPool, type Database } from '../../../platform/store/database';
import { DEFAULT_USER, ensureDefaultUser } from '../../../platform/store/identities';
import { migrate } from '../../../platform/store/migrate';
import { openVault } from '../../../platform/store/vault';
import { checkAnswers } from '../api/answers';

export interface Stage {
  readonly api: Api;
  readonly owner: Pool;
  readonly db: Database;
  /** Where packs are stored. */
  readonly packsDirectory: string;
  /** Of this host: the only one that packs may be fetched from. */
  readonly egressPort: number;
  /** Removed at the end. */
  readonly scratch: string;
  send(request: InjectOptions, token?: string): Promise<LightMyRequestResponse>;
  logIn(login: string, password: string): Promise<string>;
  /** Somebody new with these permission sets: their token. */
  hire(login: string, ...sets: string[]): Promise<string>;
  /** Of the default user, who may do everything. */
  readonly admin: string;
  close(): Promise<void>;
}

/** The API with the built-in pack, on a database of its own; every answer is held to its schema. */
export async function openStage(): Promise<Stage> {
  const postgres = await startPostgres({ durable: false, log: pino({ enabled: false }) });
  await migrate(postgres.url);
  const owner = openPool(postgres.url, 2);
  await ensureCorePack(owner, projectRoot());
  const db = openDatabase(postgres.url, 4, openVault('a secret of the tests'));
  await ensureDefaultUser(db);
  const egressPort = await freePort();
  const scratch = mkdtempSync(join(tmpdir(), 'packs-'));
  const packsDirectory = join(scratch, 'stored');
  const context: ApiContext = {
    db,
    tokenSecret: 'the secret of these tests, 32 bytes and more',
    selfRegistration: true,
    loginTries: 10,
    refreshRotation: false,
    packsDirectory,
    packRoots: [scratch],
    egress: { allow: [{ host: '127.0.0.1', port: egressPort }], nameServers: null },
    directory: scratch,
    version: '0.0.0-test',
    manifest: () => ({
      platform: { name: 'tuningfork', version: '0.0.0-test', instance_id: 'test', started_at: '2026-01-27T10:00:00Z' },
      capabilities: {},
    }),
  };
  const api = buildApi(context, [checkAnswers, ...ROUTES]);
  await api.ready();
  const send: Stage['send'] = (request, token) =>
    api.inject({ ...request, headers: { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  const tokenFrom = (answer: LightMyRequestResponse) =>
    answer.json<{ data: { access_token: string } }>().data.access_token;
  const logIn: Stage['logIn'] = async (login, password) =>
    tokenFrom(await send({ method: 'POST', url: '/auth/login', payload: { login, password } }));
  return {
    api,
    owner,
    db,
    packsDirectory,
    egressPort,
    scratch,
    send,
    logIn,
    hire: async (login, ...sets) => {
      const payload = { login, password: 'a good password' };
      const token = tokenFrom(await send({ method: 'POST', url: '/auth/register', payload }));
      await owner.query(
        `insert into permission_assignment (identity, permset)
         select i.id, s.id from identity i, permission_set s where i.login = $1 and s.ref = any($2)`,
        [login, sets],
      );
      return token;
    },
    admin: await logIn(DEFAULT_USER.login, DEFAULT_USER.password),
    close: async () => {
      await api.close();
      await db.close();
      await owner.end();
      await postgres.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Writes files below a directory: path to text. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return directory;
}
