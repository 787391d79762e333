import { sql } from 'kysely';
import type { Inquiry } from '../../../contract/inquiries';
import type { Json, JsonObject } from '../../../contract/json';
import type { Database } from '../../../platform/store/database/connection';
import { tokenOfExecution, tokenOfIdentity } from '../api/test-tokens';
import { withApi } from '../api/with-api';
import { TENANT, withExecutor } from '../executor/with-executor';

/** The identity of the default user. */
export const ADMIN = 1;

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
    return { id, token: await tokenOfIdentity({ identity: id }) };
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

/** The API, and `withExecutor` on the same database. */
export function withInquiryApi() {
  const testApi = withApi();
  const executor = withExecutor(() => ({ db: testApi().db, url: testApi().databaseUrl }));

  const call = async <T = Inquiry>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: object,
    bearer?: string,
  ): Promise<ApiResponse<T>> => {
    const response = await testApi().call(method, path, payload, bearer);
    return { status: response.statusCode, body: response.json() };
  };

  return {
    ...executor,
    call,
    openInquiry: (name: string, input?: JsonObject, task?: JsonObject, next?: Json) =>
      openInquiry(executor, name, input, task, next),
    inquiriesOf: (parent: number) => inquiriesOf(executor.db(), parent),
    newUser: (login: string) => insertUser(executor.db(), login),
    passTimeout: (ids: number[]) => passTimeout(executor.db(), ids),
    /** The token that an execution calls the API with. */
    executionToken: (execution: number) => tokenOfExecution(execution, ['standard']),
    respond: (id: number, response: Json, bearer?: string) =>
      call('POST', `/inquiries/${id}/respond`, { response }, bearer),
  };
}
