import { asJson } from '../../../platform/store/database/connection';
import { readLog } from '../../../platform/store/lifecycle/execution-log';
import { TENANT, withExecutor } from './with-executor';

const EXISTING = 100;
const ADDED_PER_PAGE = 5;
const PAGE = 7;

const testPlatform = withExecutor();

const append = (execution: number, numbers: readonly number[]): Promise<unknown> =>
  testPlatform.db().inTenant(TENANT, (transaction) =>
    transaction
      .insertInto('execution_event')
      .values(numbers.map((n) => ({ execution, root: execution, type: 'WARNING' as const, payload: asJson({ n }) })))
      .execute(),
  );

const readPage = (execution: number, cursor: string | null) =>
  testPlatform.db().inTenant(TENANT, (transaction) => readLog(transaction, execution, cursor, PAGE));

test('IN-06 a log that grows during a walk is read without gap or repeat', async () => {
  const { id } = await testPlatform.request('test.act');
  await append(id, [...Array(EXISTING).keys()]);

  const read: unknown[] = [];
  let cursor: string | null = null;
  let added = EXISTING;
  for (;;) {
    const { entries, next }: Awaited<ReturnType<typeof readPage>> = await readPage(id, cursor);
    if (entries.length === 0) break;
    read.push(...entries.map(({ payload }) => payload.n));
    cursor = next;
    if (added < 2 * EXISTING)
      await append(
        id,
        Array.from({ length: ADDED_PER_PAGE }, () => added++),
      );
  }

  expect(read).toEqual([...Array(added).keys()]);
});
