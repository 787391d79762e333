import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Pool } from 'pg';
import { parseAddressList } from '../../../platform/base/http/address-list';
import type { Api, ApiContext } from '../../../platform/api/http/context';
import { ROUTES } from '../../../platform/api/routes';
import { TenantQuota } from '../../../platform/auth/tenant-quota';
import { DEFAULT_LIMITS, type TenantLimits } from '../../../platform/base/limits';
import { buildApi } from '../../../platform/api/http/server';
import type { PlatformProgram } from '../../../platform/packs/process/pack-process';
import { ensureCorePack } from '../../../platform/packs/save/core-pack';
import { projectRoot } from '../../../platform/base/directories';
import { openDatabase, openPool, type Database } from '../../../platform/store/database/connection';
import { DEFAULT_USER, createFirstAdministrator } from '../../../platform/store/identities/first-administrator';
import { openVault } from '../../../platform/store/secrets/vault';
import { checkResponses } from '../api/check-responses';
import { createTestDatabase } from '../database/test-servers';
import { freePort } from '../free-port';
import { PACK_PROGRAM } from './pack-program';
import { tenantFileBytes } from '../../../platform/disk/tenant-tree';

const PLATFORM = {
  name: 'tuningfork',
  version: '0.0.0-test',
  instance_id: 'test',
  started_at: '2026-01-27T10:00:00Z',
};

export const TOKEN_SECRET = 'the secret of these tests, 32 bytes and more';

/** Creates a tenant, and an identity in it with all permissions. */
export async function createOtherTenant(owner: Pool): Promise<{ readonly tenant: number; readonly identity: number }> {
  const { rows } = await owner.query<{ tenant: number; identity: number }>(
    `with t as (insert into tenant (slug, name) values ('other', 'Other') returning id)
     insert into identity (tenant, login) select id, 'other@example.test' from t
     returning tenant, id::int as identity`,
  );
  await owner.query(
    `insert into permission_assignment (tenant, identity, permset)
     select $1, $2, id from permission_set where ref = 'core.admin'`,
    [rows[0]!.tenant, rows[0]!.identity],
  );
  return rows[0]!;
}

export interface PacksTestApi {
  readonly api: Api;
  readonly owner: Pool;
  readonly db: Database;
  /** The directory of stored packs. */
  readonly packsDirectory: string;
  /** Port of this host: packs may be fetched only from it. */
  readonly egressPort: number;
  /** Temporary directory. */
  readonly scratch: string;
  send(request: InjectOptions, token?: string): Promise<LightMyRequestResponse>;
  logIn(login: string, password: string): Promise<string>;
  /** Registers a user with these permission sets and returns a token. */
  createUser(login: string, ...sets: string[]): Promise<string>;
  /** Token of the default user, who has all permissions. */
  readonly admin: string;
  close(): Promise<void>;
}

/**
 * The API with the standard pack and its own database; every response is validated against its
 * schema. `program`: reads the packs.
 */
export async function startPacksTestApi(
  limits: Partial<TenantLimits> = {},
  program: PlatformProgram = PACK_PROGRAM,
): Promise<PacksTestApi> {
  const postgres = await createTestDatabase();
  const owner = openPool(postgres.url, 2);
  await ensureCorePack(owner, { root: projectRoot(), build: null });
  const db = openDatabase(postgres.url, 4, openVault('a secret of the tests'));
  await createFirstAdministrator(db, DEFAULT_USER);
  const egressPort = await freePort();
  const scratch = mkdtempSync(join(tmpdir(), 'packs-'));
  const tenantQuota = new TenantQuota({ ...DEFAULT_LIMITS.tenant, ...limits }, (tenant) =>
    tenantFileBytes(join(scratch, 'data'), tenant),
  );
  const context = { ...apiContext(db, scratch, egressPort), program, tenantQuota };
  const api = buildApi(context, [checkResponses, ...ROUTES]);
  await api.ready();
  const send: PacksTestApi['send'] = (request, token) =>
    api.inject({ ...request, headers: { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  const tokenFrom = (response: LightMyRequestResponse) =>
    response.json<{ data: { access_token: string } }>().data.access_token;
  const logIn: PacksTestApi['logIn'] = async (login, password) =>
    tokenFrom(await send({ method: 'POST', url: '/auth/login', payload: { login, password } }));
  return {
    api,
    owner,
    db,
    packsDirectory: context.packsDirectory,
    egressPort,
    scratch,
    send,
    logIn,
    createUser: async (login, ...sets) => {
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

const apiContext = (
  db: Database,
  scratch: string,
  egressPort: number,
): Omit<ApiContext, 'program' | 'tenantQuota'> => ({
  db,
  tokenSecret: TOKEN_SECRET,
  extensions: true,
  drain: { isDraining: false, graceMs: 0 },
  roles: ['api'],
  selfRegistration: true,
  loginAttemptLimit: 10,
  trustedProxies: parseAddressList(['127.0.0.1']).list,
  acceptsWorkerTokens: false,
  refreshRotation: false,
  packsDirectory: join(scratch, 'data', 'packs'),
  packRoots: [scratch],
  egressPolicy: { allow: [{ host: '127.0.0.1', port: egressPort }], nameServers: null },
  directory: join(scratch, 'data'),
  version: '0.0.0-test',
  databaseProbe: {
    isReachable: () => Promise.resolve(true),
    isAway: () => Promise.resolve(false),
    writeFailure: () => Promise.resolve(null),
    close: () => Promise.resolve(),
  },
  readiness: { failedParts: () => Promise.resolve([]) },
  diskFloor: { shortage: () => Promise.resolve(null) },
  platform: PLATFORM,
  manifest: () => ({ platform: PLATFORM, capabilities: {} }),
});

/** Serves HTTP on the port of this host that packs may be fetched from, until it is closed. */
export async function servePacks(port: number, answer: RequestListener): Promise<Server> {
  const server = createHttpServer(answer);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return server;
}

/** Writes files below a directory, by path. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return directory;
}
