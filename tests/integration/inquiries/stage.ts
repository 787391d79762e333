import { sql } from 'kysely';
import type { ApiContext } from '../../../platform/api/context';
import { executionsRoutes } from '../../../platform/api/executions';
import { inquiriesRoutes } from '../../../platform/api/inquiries';
import { buildApi } from '../../../platform/api/server';
import { signToken } from '../../../platform/api/tokens';
import type { Inquiry } from '../../../contract/inquiries';
import type { Json, JsonObject } from '../../../contract/json';
import { ensureCorePack } from '../../../platform/packs/core';
import { projectRoot } from '../../../platform/root';
import { openPool } from '../../../platform/store/database';
import { DEFAULT_USER, ensureDefaultUser, findByLogin } from '../../../platform/store/identities';
import { contextWithoutDatabase } from '../../unit/api/stage';
import { checkAnswers } from '../api/answers';
import { TENANT, withExecutor } from '../executor/stage';

const SECRET = 'the secret of these tests, 32 bytes and more';

export interface Answer<T = Inquiry> {
  readonly status: number;
  readonly body: { data: T; error?: string; code?: string; details?: JsonObject };
}

/** An executor and a worker played by hand, and the API over the same database. */
export function withAsking() {
  const executor = withExecutor();
  const open: { api?: ReturnType<typeof buildApi>; admin?: number } = {};

  beforeAll(async () => {
    const owner = openPool(executor.url(), 2);
    await ensureCorePack(owner, projectRoot());
    await owner.end();
    await ensureDefaultUser(executor.db());
    open.admin = (await identityOf(DEFAULT_USER.login)).id;
    const context: ApiContext = { ...contextWithoutDatabase, db: executor.db(), tokenSecret: SECRET };
    open.api = buildApi(context, [checkAnswers, executionsRoutes, inquiriesRoutes]);
  }, 30_000);
  afterAll(() => open.api?.close());

  const identityOf = async (login: string) =>
    (await executor.db().inNone((transaction) => findByLogin(transaction, login)))!;

  const token = (identity: number, metadata?: JsonObject) =>
    signToken(SECRET, {
      identity,
      login: 'somebody',
      tenant: TENANT,
      tokenType: metadata ? 'execution' : 'access',
      seconds: 60,
      ...(metadata && { scope: 'execution', metadata }),
    });

  const call = async <T = Inquiry>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: object,
    bearer?: string,
  ): Promise<Answer<T>> => {
    const authorization = `Bearer ${bearer ?? (await token(open.admin!))}`;
    const answer = await open.api!.inject({
      method,
      url: `/api/v1${path}`,
      headers: { authorization },
      ...(payload && { payload }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };

  /** A running workflow whose one task asks; the child and its inquiry. */
  const ask = async (name: string, input: JsonObject = {}, task: JsonObject = {}, next: Json = []) => {
    const tasks = [{ name: 'gate', action: 'core.ask', input: { prompt: 'May I?', ...input }, next, ...task }];
    const { id } = await executor.request(await executor.workflow(name, { version: '1.0.0', tasks }));
    await executor.dispatch();
    await executor.advance(id);
    await executor.dispatch();
    return { id, gates: await executor.children(id), inquiry: (await inquiriesOf(id))[0]! };
  };

  /** Of the workflow's children, oldest first. */
  const inquiriesOf = (parent: number) =>
    executor
      .db()
      .inTenant(TENANT, (transaction) =>
        transaction
          .selectFrom('inquiry')
          .innerJoin('execution', 'execution.id', 'inquiry.execution')
          .selectAll('inquiry')
          .where('execution.parent', '=', parent)
          .orderBy('inquiry.id')
          .execute(),
      );

  return {
    ...executor,
    call,
    ask,
    inquiriesOf,
    admin: () => open.admin!,
    /** A user without any grant. */
    stranger: async (login: string) => {
      const { id } = await executor
        .db()
        .inTenant(TENANT, (transaction) =>
          transaction.insertInto('identity').values({ login }).returning('id').executeTakeFirstOrThrow(),
        );
      return { id, token: await token(id) };
    },
    /** As if the time to answer were over. */
    makeDue: (ids: number[]) =>
      executor.db().inTenant(TENANT, (transaction) =>
        transaction
          .updateTable('inquiry')
          .set({ timeout_at: sql<string>`platform_now() - interval '1 ms'` })
          .where('id', 'in', ids)
          .execute(),
      ),
    /** What an execution is given to call the API with. */
    executionToken: (execution: number) =>
      token(open.admin!, { execution_id: execution, permission_set_refs: ['standard'] }),
    respond: (id: number, response: Json, bearer?: string) =>
      call('POST', `/inquiries/${id}/respond`, { response }, bearer),
  };
}
