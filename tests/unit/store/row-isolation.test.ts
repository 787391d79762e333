import { DatabaseError } from 'pg';
import { errorSubject } from '../../../platform/base/error-subject';
import { RowIsolation } from '../../../platform/store/database/row-isolation';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Rows 1, 2 and 3 of a loop, the second of which fails as long as there is an error. */
function loop(error: Error) {
  const state = {
    error: error as Error | null,
    isolation: new RowIsolation(),
    tried: [] as number[],
    failures: [] as unknown[],
  };
  const work = (row: number) => {
    state.tried.push(row);
    return row === 2 && state.error !== null ? Promise.reject(state.error) : Promise.resolve(row * 10);
  };
  const onError = (failure: unknown) => void state.failures.push(errorSubject(failure));
  const pass = () => state.isolation.runEach([1, 2, 3], (row) => ({ row }), work, onError);
  return Object.assign(state, { pass });
}

test('a row that fails does not stop the others', async () => {
  const { pass, failures, isolation } = loop(new TypeError('broken'));

  expect(await pass()).toEqual([10, 30]);

  expect(failures).toEqual([{ row: 2 }]);
  expect(isolation.failedRows()).toEqual([{ row: 2 }]);
});

test('a failed row is retried after delays that double', async () => {
  const { pass, tried } = loop(new TypeError('broken'));
  const triedAt: number[] = [];

  for (let second = 0; second < 100; second++) {
    tried.length = 0;
    await pass();
    if (tried.includes(2)) triedAt.push(second);
    jest.advanceTimersByTime(1_000);
  }

  expect(triedAt).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
});

test('a retry that succeeds forgets the failures', async () => {
  const state = loop(new TypeError('broken'));
  await state.pass();
  state.error = null;
  jest.advanceTimersByTime(1_000);

  expect(await state.pass()).toEqual([10, 20, 30]);

  expect(state.isolation.failedRows()).toEqual([]);
});

test('a failed row that no pass finds any more is forgotten', async () => {
  const { pass, isolation } = loop(new TypeError('broken'));
  await pass();

  jest.advanceTimersByTime(31_001);

  expect(isolation.failedRows()).toEqual([]);
});

const databaseError = (code: string) => Object.assign(new DatabaseError('failed', 0, 'error'), { code });

test.each([
  ['a refused connection', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
  ['a shutdown', databaseError('57P01')],
  ['a full disk', databaseError('53100')],
  ['a read-only database', databaseError('25006')],
])('%s ends the pass, and is no failure of its row', async (_, error) => {
  const { pass, tried, failures, isolation } = loop(error);

  await expect(pass()).rejects.toBe(error);

  expect(tried).toEqual([1, 2]);
  expect(failures).toEqual([]);
  expect(isolation.failedRows()).toEqual([]);
});
