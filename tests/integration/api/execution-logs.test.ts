import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql, type RawBuilder } from 'kysely';
import { createClient } from '../../../helpers/client/client';
import type { ServerEvent } from '../../../helpers/client/server-events';
import { signToken } from '../../../platform/auth/tokens';
import { streamLogPath } from '../../../platform/base/directories';
import { livenessDeadline } from '../liveness';
import { SECRET, withApi } from './with-api';

const LOGIN = 'reader@logs';
const testApi = withApi();
let url: string;
let identity: number;

beforeAll(async () => {
  const { api, owner } = testApi();
  await owner.query(`insert into permission_set (ref, label, grants) values ('logs.reader', 'reads',
    '[{"resource": "executions", "actions": ["read"]}]')`);
  identity = await createReader(LOGIN);
  url = await api.listen({ port: 0 });
});

const createReader = (login: string): Promise<number> =>
  testApi().db.inTenant(1, async (transaction) => {
    const made = await sql<{ id: number }>`insert into identity (login) values (${login}) returning id`.execute(
      transaction,
    );
    const { id } = made.rows[0]!;
    await sql`insert into permission_assignment (identity, permset)
      select ${id}, id from permission_set where ref = 'logs.reader'`.execute(transaction);
    return id;
  });

const tokenOf = (execution?: number, reader = identity, seconds = 60) =>
  signToken(SECRET, {
    identity: reader,
    login: LOGIN,
    tenant: 1,
    tokenType: execution === undefined ? 'access' : 'execution',
    seconds,
    ...(execution !== undefined && { scope: 'execution', metadata: { execution_id: execution } }),
  });

const executionIn = (status: string): Promise<number> =>
  testApi().db.inTenant(1, async (transaction) => {
    const { rows } = await sql<{ id: number }>`insert into execution (action_ref, status, attempt)
      values ('demo.act', ${status}, 1) returning id`.execute(transaction);
    return rows[0]!.id;
  });

const completeExecution = (id: number) =>
  testApi().db.inTenant(1, (transaction) =>
    transaction.updateTable('execution').set({ status: 'completed' }).where('id', '=', id).execute(),
  );

const fileOf = (execution: number): string => {
  const path = streamLogPath(testApi(), { tenant: 1, execution, attempt: 1 }, 'stdout');
  mkdirSync(dirname(path), { recursive: true });
  return path;
};

async function readAllEvents(id: number, offset = 0, token?: string): Promise<string[][]> {
  const { executions } = createClient({ baseUrl: url, token: token ?? (await tokenOf()) });
  const events: ServerEvent[] = [];
  for await (const event of executions.logs(id, 'stdout', offset)) events.push(event);
  return events.map(({ event, id: offset, data }) => [event, offset, data]);
}

test('a log is streamed while it is written: waiting, content, append, done', async () => {
  const id = await executionIn('running');
  const { executions } = createClient({ baseUrl: url, token: await tokenOf() });
  const events = executions.logs(id, 'stdout');
  const next = async () => (await events.next()).value as ServerEvent;

  expect(await next()).toEqual({ event: 'waiting', id: '', data: 'running' });
  writeFileSync(fileOf(id), 'one\ntwo');
  expect(await next()).toEqual({ event: 'content', id: '7', data: 'one\ntwo' });
  appendFileSync(fileOf(id), ' é');
  expect(await next()).toEqual({ event: 'append', id: '10', data: ' é' });
  await completeExecution(id);
  expect(await next()).toEqual({ event: 'done', id: '', data: 'completed' });
  expect((await events.next()).done).toBe(true);
});

test('the log of an ended execution is sent at once, from the offset on', async () => {
  const id = await executionIn('failed');
  writeFileSync(fileOf(id), 'one\ntwo\n');

  expect(await readAllEvents(id)).toEqual([
    ['content', '8', 'one\ntwo\n'],
    ['done', '', 'failed'],
  ]);
  expect(await readAllEvents(id, 4)).toEqual([
    ['append', '8', 'two\n'],
    ['done', '', 'failed'],
  ]);
});

test('a long log is sent in chunks that split no character', async () => {
  const id = await executionIn('completed');
  const text = `a${'é'.repeat(40_000)}`;
  writeFileSync(fileOf(id), text);

  const chunks = (await readAllEvents(id)).filter(([event]) => event !== 'done');
  expect(chunks.map(([event]) => event)).toEqual(['content', 'append']);
  expect(chunks.map(([, , data]) => data).join('')).toBe(text);
});

test('an execution without output is done at once', async () => {
  expect(await readAllEvents(await executionIn('cancelled'))).toEqual([['done', '', 'cancelled']]);
});

test('a wrong stream is 400, no execution 404, no token 401', async () => {
  const id = await executionIn('completed');
  const { request } = createClient({ baseUrl: url, token: await tokenOf() });
  const call = { method: 'GET', path: `/executions/${id}/logs/stdin/stream` } as const;
  await expect(request.body({} as never, call)).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  await expect(readAllEvents(999_999)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  await expect(readAllEvents(id, 0, 'no token')).rejects.toMatchObject({ status: 401 });
});

test('an execution reads its own streams only', async () => {
  const [ownExecution, other] = [await executionIn('running'), await executionIn('running')];
  const token = await tokenOf(ownExecution);
  const { executions } = createClient({ baseUrl: url, token });
  const events = executions.logs(ownExecution, 'stdout');
  expect((await events.next()).value).toMatchObject({ event: 'waiting' });
  await events.return(undefined);
  await expect(readAllEvents(other, 0, token)).rejects.toMatchObject({ status: 403, code: 'FORBIDDEN' });
});

test.each<[string, (reader: number) => RawBuilder<unknown>]>([
  ['its identity is frozen', (id) => sql`update identity set frozen = true where id = ${id}`],
  ['its identity is deleted', (id) => sql`delete from identity where id = ${id}`],
  ['its session ends', (id) => sql`update identity set session_epoch = session_epoch + 1 where id = ${id}`],
  ['the permission is revoked', (id) => sql`delete from permission_assignment where identity = ${id}`],
  ['its token expires', () => sql`select 1`],
])('AU-03 a reader that follows a log gets nothing more when %s', async (what, change) => {
  const id = await executionIn('running');
  const reader = await createReader(`${what}@logs`);
  const token = await tokenOf(undefined, reader, what.includes('expires') ? 6 : 60);
  const events = createClient({ baseUrl: url, token }).executions.logs(id, 'stdout');
  expect((await events.next()).value).toMatchObject({ event: 'waiting' });
  appendFileSync(fileOf(id), 'x');

  await testApi().db.inTenant(1, (transaction) => change(reader).execute(transaction));

  const received: ServerEvent[] = [];
  const deadline = livenessDeadline();
  for await (const event of events) {
    received.push(event);
    if (performance.now() > deadline) break;
    appendFileSync(fileOf(id), 'x');
  }
  expect(received.at(-1)).toEqual({ event: 'error', id: '', data: 'the permission to read this has ended' });
});

test('a running execution follows its own log to the end', async () => {
  const id = await executionIn('running');
  const events = createClient({ baseUrl: url, token: await tokenOf(id) }).executions.logs(id, 'stdout');
  expect((await events.next()).value).toMatchObject({ event: 'waiting' });
  writeFileSync(fileOf(id), 'last');
  await completeExecution(id);

  expect((await events.next()).value).toEqual({ event: 'content', id: '4', data: 'last' });
  expect((await events.next()).value).toEqual({ event: 'done', id: '', data: 'completed' });
});
