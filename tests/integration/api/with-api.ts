import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { Pool } from 'pg';
import { dirSync } from 'tmp';
import type { ApiContext } from '../../../platform/api/http/context';
import { ROUTES } from '../../../platform/api/routes';
import type { TenantQuota } from '../../../platform/auth/tenant-quota';
import { buildApi } from '../../../platform/api/http/server';
import { ensureCorePack } from '../../../platform/packs/save/core-pack';
import { projectRoot } from '../../../platform/base/directories';
import { openPool, type Database } from '../../../platform/store/database/connection';
import { DEFAULT_USER, createFirstAdministrator } from '../../../platform/store/identities/first-administrator';
import { contextWithoutDatabase } from '../../unit/api/context-without-database';
import { withDatabase, type TestDatabase } from '../database/with-database';
import { PACK_PROGRAM } from '../packs/pack-program';
import { checkResponses } from './check-responses';

export const SECRET = 'the secret of these tests, 32 bytes and more';

export interface TestApi {
  /** Passes every policy: to arrange what no route can. */
  readonly owner: Pool;
  readonly db: Database;
  /** Of the platform. */
  readonly directory: string;
  /** Sends, as the bearer of `token` where there is one. */
  send(request: InjectOptions, token?: string): Promise<LightMyRequestResponse>;
  /** A fresh access token of the default user. */
  logIn(): Promise<string>;
}

export interface ApiOptions {
  readonly selfRegistration: boolean;
  readonly refreshRotation?: boolean;
  readonly queueChangeMs?: number;
  readonly acceptsWorkerTokens?: boolean;
  readonly tenantQuota?: TenantQuota;
  readonly trustedProxies?: ApiContext['trustedProxies'];
  readonly stackId?: string;
}

/** An API on the test file's own database; every response is checked against its schema. */
export function withApi(options: ApiOptions = { selfRegistration: true }): () => TestApi {
  let testApi: (TestApi & { close(): Promise<void> }) | undefined;
  afterAll(() => testApi?.close());
  const database = withDatabase();
  beforeAll(async () => {
    testApi = await startTestApi(database(), options);
  });
  return () => {
    if (!testApi) throw new Error('the test API was not started');
    return testApi;
  };
}

async function startTestApi({ db, url }: TestDatabase, options: ApiOptions) {
  const owner = openPool(url, 2);
  const scratch = dirSync({ unsafeCleanup: true });
  await ensureCorePack(owner, { root: projectRoot(), build: null });
  await createFirstAdministrator(db, DEFAULT_USER);
  const storage = { directory: scratch.name, packsDirectory: join(scratch.name, 'packs') };
  const context: ApiContext = {
    ...contextWithoutDatabase,
    db,
    tokenSecret: SECRET,
    program: PACK_PROGRAM,
    ...storage,
    ...options,
  };
  const api = buildApi(context, [checkResponses, ...ROUTES]);
  const send: TestApi['send'] = (request, token) =>
    api.inject({ ...request, headers: { ...request.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  return {
    owner,
    db,
    directory: scratch.name,
    send,
    logIn: async () => {
      const { login, password } = DEFAULT_USER;
      const response = await send({ method: 'POST', url: '/auth/login', payload: { login, password } });
      return response.json<{ data: { access_token: string } }>().data.access_token;
    },
    close: async () => {
      await api.close();
      await owner.end();
      scratch.removeCallback();
    },
  };
}
