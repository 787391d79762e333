// Spec: the log of a run is append-only, and a reader with a cursor misses and repeats nothing.
import type { Context } from '../../../../helpers/scenario/context';
import { executionToBe, logToEnd, predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase, type TargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('sql', 'executions.log');

/** An execution that has ended, whose log can be read to its end. Returns its id. */
async function endedExecution(ctx: Context): Promise<number> {
  const { id } = await ctx.client.executions.execute({ action_ref: 'core.noop' });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  await until(logToEnd(ctx.client, id), ctx.deadline);
  return id;
}

const openDatabase = (ctx: Context) => openTargetDatabase(ctx.facts.databaseUrl);

/** Appends an entry with a number, and returns its `seq`. */
async function append(database: TargetDatabase, execution: number, n: number, at = 'platform_now()'): Promise<number> {
  const [row] = await database.query<{ seq: number }>(
    `insert into execution_event (tenant, root, execution, type, payload, created_at)
    select tenant, id, id, 'WARNING', json_build_object('n', $2::int), ${at} from execution where id = $1
    returning seq::int`,
    [execution, n],
  );
  return row!.seq;
}

const REWRITES = [
  'update execution_event set payload = $${}$$ where root = $1',
  'delete from execution_event where root = $1',
  'truncate execution_event',
];

test('S3-08 no statement of any role changes or removes an entry', async (ctx) => {
  const id = await endedExecution(ctx);
  await using database = await openDatabase(ctx);
  const checksum = () =>
    database.query<object>(
      'select count(*)::int as rows, md5(string_agg(e::text, $1 order by seq)) as sum from execution_event e where root = $2',
      ['|', id],
    );
  const before = await checksum();

  const errors: string[] = [];
  for (const statement of REWRITES) {
    const error = await database.query(statement, statement.includes('$1') ? [id] : []).then(
      () => 'accepted',
      (cause: unknown) => (cause as Error).message,
    );
    errors.push(error);
  }

  expect(errors).toEqual(
    ['UPDATE', 'DELETE', 'TRUNCATE'].map(
      (name) => `EVENT_LOG_APPEND_ONLY: execution_event is append-only: ${name} is refused`,
    ),
  );
  expect(await checksum()).toEqual(before);
});

/** Everything after the cursor, in pages, until one is empty. */
async function readFrom(ctx: Context, id: number, cursor: string | undefined, limit: number) {
  const read = [];
  for (let after = cursor; ;) {
    const { entries, next } = await ctx.client.executions.logPage(id, { cursor: after, limit });
    if (entries.length === 0) return { entries: read, cursor: after };
    read.push(...entries);
    after = next;
  }
}

test('S3-09 an entry that is committed late is not behind a cursor', async (ctx) => {
  const id = await endedExecution(ctx);
  const { cursor } = await readFrom(ctx, id, undefined, 100);
  await using late = await openDatabase(ctx);
  await using early = await openDatabase(ctx);

  await late.query('begin');
  const lateSeq = await append(late, id, 1);
  const earlySeq = await append(early, id, 2);
  const during = await readFrom(ctx, id, cursor, 1);
  await late.query('commit');

  expect(lateSeq).toBeLessThan(earlySeq);
  expect(during.entries).toEqual([]);
  const numbers = async () => (await readFrom(ctx, id, during.cursor, 1)).entries.map(({ payload }) => payload.n);
  await until(
    predicateToHold('both entries to be readable', async () => (await numbers()).length === 2),
    ctx.deadline,
  );
  expect(await numbers()).toEqual([1, 2]);
});

const ENTRIES = 10;

test('S3-10 pages of any size are the whole log, also with equal times', async (ctx) => {
  const id = await endedExecution(ctx);
  await using database = await openDatabase(ctx);
  const { cursor } = await readFrom(ctx, id, undefined, 100);
  const [{ at } = { at: '' }] = await database.query<{ at: string }>(
    `select quote_literal(platform_now()::text) || '::timestamptz' as at`,
  );
  for (let n = 0; n < ENTRIES; n++) await append(database, id, n, at);
  await until(
    predicateToHold('all entries to be readable', async () => {
      return (await ctx.client.executions.logPage(id, { cursor })).entries.length === ENTRIES;
    }),
    ctx.deadline,
  );

  const whole = await ctx.client.executions.log(id);
  for (const size of [1, 3, 10, 100]) expect((await readFrom(ctx, id, undefined, size)).entries).toEqual(whole);
  expect(whole.slice(-ENTRIES).map(({ payload }) => payload.n)).toEqual([...Array(ENTRIES).keys()]);
  const end = await ctx.client.executions.logPage(id, { cursor: (await readFrom(ctx, id, cursor, 3)).cursor });
  expect([end.entries, end.ended]).toEqual([[], true]);
  await expect(ctx.client.executions.logPage(id, { cursor: 'forged' })).rejects.toMatchObject({
    status: 422,
    code: 'VALIDATION_ERROR',
    body: { details: { reason: 'CURSOR_INVALID', path: 'cursor' } },
  });
});
