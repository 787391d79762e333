import { sql } from 'kysely';
import type { ApiContext } from '../../../platform/api/http/context';
import { executionsRoutes } from '../../../platform/api/executions/executions';
import { inquiriesRoutes } from '../../../platform/api/executions/inquiries';
import { buildApi } from '../../../platform/api/http/server';
import { signToken } from '../../../platform/auth/tokens';
import type { Inquiry } from '../../../contract/inquiries';
import type { Json, JsonObject } from '../../../contract/json';
import { ensureCorePack } from '../../../platform/packs/save/core-pack';
import { projectRoot } from '../../../platform/base/directories';
import { openPool, type Database } from '../../../platform/store/database/connection';
import { DEFAULT_USER, createFirstAdministrator } from '../../../platform/store/identities/first-administrator';
import { findIdentityByLogin } from '../../../platform/store/identities/identities';
import { contextWithoutDatabase } from '../../unit/api/context-without-database';
import { checkResponses } from '../api/check-responses';
import { TENANT, withExecutor } from '../executor/with-executor';

const SECRET = 'the secret of these tests, 32 bytes and more';

export interface ApiResponse<T = Inquiry> {
  readonly status: number;
  readonly body: { data: T; error?: string; code?: string; details?: JsonObject };
}

/** Inquiries of the workflow's children, oldest first. */
const inquiriesOf = (db: Database, parent: number) =>
  db.inTenant(TENANT, (transaction) =>
    transaction
      .selectFrom('inquiry')
      .innerJoin('execution', 'execution.id', 'inquiry.execution')
      .selectAll('inquiry')
      .where('execution.parent', '=', parent)
      .orderBy('inquiry.id')
      .execute(),
  );

/** Inserts a user without any grant. */
const insertUser = (db: Database, login: string): Promise<{ id: number; token: string }> =>
  db.inTenant(TENANT, async (transaction) => {
    const row = transaction.insertInto('identity').values({ login }).returning('id');
    const { id } = await row.executeTakeFirstOrThrow();
    return { id, token: await signTestToken(id) };
  });

/** Makes the timeouts of these inquiries pass. */
const passTimeout = (db: Database, ids: number[]) =>
  db.inTenant(TENANT, (transaction) =>
    transaction
      .updateTable('inquiry')
      .set({ timeout_at: sql<string>`platform_now() - interval '1 ms'` })
      .where('id', 'in', ids)
      .execute(),
  );

/** Signs a token: of an execution where `metadata` is given, otherwise an access token. */
const signTestToken = (identity: number, metadata?: JsonObject): Promise<string> =>
  signToken(SECRET, {
    identity,
    login: 'test-user',
    tenant: TENANT,
    tokenType: metadata ? 'execution' : 'access',
    seconds: 60,
    ...(metadata && { scope: 'execution', metadata }),
  });

/** A running workflow whose one task is `core.ask`, with its inquiry. */
async function openInquiry(
  executor: ReturnType<typeof withExecutor>,
  name: string,
  input: JsonObject = {},
  task: JsonObject = {},
  next: Json = [],
) {
  const tasks = [{ name: 'gate', action: 'core.ask', input: { prompt: 'May I?', ...input }, next, ...task }];
  const id = await executor.startWorkflow(name, { tasks });
  await executor.dispatch();
  return { id, askTasks: await executor.children(id), inquiry: (await inquiriesOf(executor.db(), id))[0]! };
}

/** `withExecutor` with the API on the same database. */
export function withInquiryApi() {
  const executor = withExecutor();
  const opened: { api?: ReturnType<typeof buildApi>; admin?: number } = {};

  beforeAll(async () => {
    const owner = openPool(executor.url(), 2);
    await ensureCorePack(owner, { root: projectRoot(), build: null });
    await owner.end();
    await createFirstAdministrator(executor.db(), DEFAULT_USER);
    opened.admin = (await identityOf(DEFAULT_USER.login)).id;
    const context: ApiContext = { ...contextWithoutDatabase, db: executor.db(), tokenSecret: SECRET };
    opened.api = buildApi(context, [checkResponses, executionsRoutes, inquiriesRoutes]);
  });
  afterAll(() => opened.api?.close());

  const identityOf = async (login: string) =>
    (await executor.db().withoutTenant((transaction) => findIdentityByLogin(transaction, login)))!;

  const call = async <T = Inquiry>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: object,
    bearer?: string,
  ): Promise<ApiResponse<T>> => {
    const authorization = `Bearer ${bearer ?? (await signTestToken(opened.admin!))}`;
    const response = await opened.api!.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization },
      ...(payload && { payload }),
    });
    return { status: response.statusCode, body: response.json() };
  };

  return {
    ...executor,
    call,
    openInquiry: (name: string, input?: JsonObject, task?: JsonObject, next?: Json) =>
      openInquiry(executor, name, input, task, next),
    inquiriesOf: (parent: number) => inquiriesOf(executor.db(), parent),
    admin: () => opened.admin!,
    newUser: (login: string) => insertUser(executor.db(), login),
    passTimeout: (ids: number[]) => passTimeout(executor.db(), ids),
    /** The token that an execution calls the API with. */
    executionToken: (execution: number) =>
      signTestToken(opened.admin!, { execution_id: execution, permission_set_refs: ['standard'] }),
    respond: (id: number, response: Json, bearer?: string) =>
      call('POST', `/inquiries/${id}/respond`, { response }, bearer),
  };
}
