import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { createClient } from '../../../helpers/client/client';
import type { ServerEvent } from '../../../helpers/client/server-events';
import { executionLogsRoutes } from '../../../platform/api/execution-logs';
import { buildApi } from '../../../platform/api/server';
import { signToken } from '../../../platform/api/tokens';
import { streamLogOf } from '../../../platform/worker/surroundings';
import { contextWithoutDatabase } from '../../unit/api/stage';
import { withDatabase } from '../with-database';
import { SECRET } from './stage';

const LOGIN = 'reader@logs';
const directory = mkdtempSync(join(tmpdir(), 'logs-'));
const database = withDatabase();
let url: string;
let close: () => Promise<void>;
let identity: number;

beforeAll(async () => {
  const { db } = database();
  identity = await db.inTenant(1, async (transaction) => {
    const made = await sql<{ id: number }>`insert into identity (login) values (${LOGIN}) returning id`.execute(
      transaction,
    );
    const row = made.rows[0]!;
    await sql`insert into permission_set (ref, label, grants) values ('logs.reader', 'reads',
      '[{"resource": "executions", "actions": ["read"]}]')`.execute(transaction);
    await sql`insert into permission_assignment (identity, permset)
      select ${row.id}, id from permission_set where ref = 'logs.reader'`.execute(transaction);
    return row.id;
  });
  const api = buildApi({ ...contextWithoutDatabase, db, tokenSecret: SECRET, directory }, [executionLogsRoutes]);
  url = await api.listen({ port: 0 });
  close = () => api.close();
});
afterAll(async () => {
  await close();
  rmSync(directory, { recursive: true });
});

const tokenOf = (execution?: number) =>
  signToken(SECRET, {
    identity,
    login: LOGIN,
    tenant: 1,
    tokenType: execution === undefined ? 'access' : 'execution',
    seconds: 60,
    ...(execution !== undefined && { scope: 'execution', metadata: { execution_id: execution } }),
  });

const executionIn = (status: string): Promise<number> =>
  database().db.inTenant(1, async (transaction) => {
    const { rows } = await sql<{ id: number }>`insert into execution (action_ref, status, attempt)
      values ('demo.act', ${status}, 1) returning id`.execute(transaction);
    return rows[0]!.id;
  });

const end = (id: number) =>
  database().db.inTenant(1, (transaction) =>
    transaction.updateTable('execution').set({ status: 'completed' }).where('id', '=', id).execute(),
  );

const fileOf = (execution: number): string => {
  const path = streamLogOf({ directory }, { tenant: 1, execution, attempt: 1 }, 'stdout');
  mkdirSync(dirname(path), { recursive: true });
  return path;
};

async function all(id: number, offset = 0, token?: string): Promise<string[][]> {
  const { executions } = createClient({ baseUrl: url, token: token ?? (await tokenOf()) });
  const events: ServerEvent[] = [];
  for await (const event of executions.logs(id, 'stdout', offset)) events.push(event);
  return events.map(({ event, id: at, data }) => [event, at, data]);
}

test('a log is read while it is written: waiting, content, append, done', async () => {
  const id = await executionIn('running');
  const { executions } = createClient({ baseUrl: url, token: await tokenOf() });
  const events = executions.logs(id, 'stdout');
  const next = async () => (await events.next()).value as ServerEvent;

  expect(await next()).toEqual({ event: 'waiting', id: '', data: 'running' });
  writeFileSync(fileOf(id), 'one\ntwo');
  expect(await next()).toEqual({ event: 'content', id: '7', data: 'one\ntwo' });
  appendFileSync(fileOf(id), ' é');
  expect(await next()).toEqual({ event: 'append', id: '10', data: ' é' });
  await end(id);
  expect(await next()).toEqual({ event: 'done', id: '', data: 'completed' });
  expect((await events.next()).done).toBe(true);
});

test('of what has ended all is told at once, and from an offset only the rest', async () => {
  const id = await executionIn('failed');
  writeFileSync(fileOf(id), 'one\ntwo\n');

  expect(await all(id)).toEqual([
    ['content', '8', 'one\ntwo\n'],
    ['done', '', 'failed'],
  ]);
  expect(await all(id, 4)).toEqual([
    ['append', '8', 'two\n'],
    ['done', '', 'failed'],
  ]);
});

test('a long log comes in chunks that break no character', async () => {
  const id = await executionIn('completed');
  const said = `a${'é'.repeat(40_000)}`;
  writeFileSync(fileOf(id), said);

  const told = (await all(id)).filter(([event]) => event !== 'done');
  expect(told.map(([event]) => event)).toEqual(['content', 'append']);
  expect(told.map(([, , data]) => data).join('')).toBe(said);
});

test('what said nothing is done at once', async () => {
  expect(await all(await executionIn('cancelled'))).toEqual([['done', '', 'cancelled']]);
});

test('another stream is 400, no execution is 404, and nobody is 401', async () => {
  const id = await executionIn('completed');
  const { request } = createClient({ baseUrl: url, token: await tokenOf() });
  const call = { method: 'GET', path: `/executions/${id}/logs/stdin/stream` } as const;
  await expect(request.bare({} as never, call)).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  await expect(all(999_999)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  await expect(all(id, 0, 'no token')).rejects.toMatchObject({ status: 401 });
});

test('an execution reads its own streams and no others', async () => {
  const [own, other] = [await executionIn('running'), await executionIn('running')];
  const token = await tokenOf(own);
  const { executions } = createClient({ baseUrl: url, token });
  const events = executions.logs(own, 'stdout');
  expect((await events.next()).value).toMatchObject({ event: 'waiting' });
  await events.return(undefined);
  await expect(all(other, 0, token)).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
});
