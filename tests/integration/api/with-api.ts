import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Pool } from 'pg';
import { dirSync } from 'tmp';
import type { Api, ApiContext } from '../../../platform/api/http/context';
import { ROUTES } from '../../../platform/api/routes';
import { TenantQuota } from '../../../platform/auth/tenant-quota';
import { buildApi } from '../../../platform/api/http/server';
import { DEFAULT_LIMITS, type TenantLimits } from '../../../platform/base/limits';
import { tenantFileBytes } from '../../../platform/disk/tenant-tree';
import { openPool, type Database } from '../../../platform/store/database/connection';
import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import { contextWithoutDatabase } from '../../unit/api/context-without-database';
import { createPlatformDatabase } from '../database/platform-database';
import { withDatabase, type TestDatabase } from '../database/with-database';
import { freePort } from '../free-port';
import { PACK_PROGRAM } from '../packs/pack-program';
import { checkResponses } from './check-responses';

export const SECRET = 'the secret of these tests, 32 bytes and more';

export interface TestApi {
  readonly api: Api;
  /** Passes every policy: to arrange what no route can. */
  readonly owner: Pool;
  readonly db: Database;
  readonly databaseUrl: string;
  /** Temporary directory: packs may be registered from it. */
  readonly scratch: string;
  /** Of the platform. */
  readonly directory: string;
  /** Of stored packs. */
  readonly packsDirectory: string;
  /** Port of this host: packs may be fetched only from it. */
  readonly egressPort: number;
  /** Access token of the default user, who has all permissions. */
  readonly admin: string;
  /** Sends, as the bearer of `token` where there is one. */
  send(request: InjectOptions, token?: string): Promise<LightMyRequestResponse>;
  /** Sends to a path below `/api/v1`, as the default user unless a token is given; null: none. */
  call(
    method: InjectOptions['method'],
    path: string,
    payload?: object,
    token?: string | null,
  ): Promise<LightMyRequestResponse>;
  /** A fresh access token, of the default user unless another is named. */
  logIn(login?: string, password?: string): Promise<string>;
  /** Registers a user with these permission sets and returns a token. */
  createUser(login: string, ...sets: string[]): Promise<string>;
}

export interface ApiOptions {
  readonly selfRegistration?: boolean;
  readonly refreshRotation?: boolean;
  readonly queueChangeMs?: number;
  readonly acceptsWorkerTokens?: boolean;
  readonly trustedProxies?: ApiContext['trustedProxies'];
  readonly stackId?: string;
  /** Reads the packs. */
  readonly program?: ApiContext['program'];
  readonly limits?: Partial<TenantLimits>;
}

/** An API on the test file's own database; every response is checked against its schema. */
export function withApi(options: ApiOptions = {}): () => TestApi {
  let testApi: (TestApi & { close(): Promise<void> }) | undefined;
  afterAll(() => testApi?.close());
  const database = withDatabase(createPlatformDatabase);
  beforeAll(async () => {
    testApi = await startTestApi(database(), options);
  });
  return () => {
    if (!testApi) throw new Error('the test API was not started');
    return testApi;
  };
}

async function startTestApi({ db, url }: TestDatabase, { limits, ...options }: ApiOptions) {
  const owner = openPool(url, 2);
  const scratch = dirSync({ unsafeCleanup: true });
  const directory = join(scratch.name, 'data');
  const packsDirectory = join(directory, 'packs');
  const egressPort = await freePort();
  const context: ApiContext = {
    ...contextWithoutDatabase,
    db,
    tokenSecret: SECRET,
    program: PACK_PROGRAM,
    directory,
    packsDirectory,
    packRoots: [scratch.name],
    egressPolicy: { allow: [{ host: '127.0.0.1', port: egressPort }], nameServers: null },
    tenantQuota: new TenantQuota({ ...DEFAULT_LIMITS.tenant, ...limits }, (tenant) =>
      tenantFileBytes(directory, tenant),
    ),
    ...options,
  };
  const api = buildApi(context, [checkResponses, ...ROUTES]);
  await api.ready();
  const send: TestApi['send'] = (request, token) =>
    api.inject({ ...request, headers: { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  const tokenFrom = (response: LightMyRequestResponse) =>
    response.json<{ data: { access_token: string } }>().data.access_token;
  const logIn: TestApi['logIn'] = async (login = DEFAULT_USER.login, password = DEFAULT_USER.password) =>
    tokenFrom(await send({ method: 'POST', url: '/auth/login', payload: { login, password } }));
  const admin = await logIn();
  const call: TestApi['call'] = (method, path, payload, token = admin) =>
    send({ method: method!, url: `/api/v1${path}`, ...(payload && { payload }) }, token ?? undefined);
  const createUser: TestApi['createUser'] = async (login, ...sets) => {
    const payload = { login, password: 'a good password' };
    const token = tokenFrom(await send({ method: 'POST', url: '/auth/register', payload }));
    await owner.query(
      `insert into permission_assignment (identity, permset)
       select i.id, s.id from identity i, permission_set s where i.login = $1 and s.ref = any($2)`,
      [login, sets],
    );
    return token;
  };
  const close = async () => {
    await api.close();
    await owner.end();
    scratch.removeCallback();
  };
  const places = { scratch: scratch.name, directory, packsDirectory, egressPort };
  return { api, owner, db, databaseUrl: url, ...places, admin, send, call, logIn, createUser, close };
}
