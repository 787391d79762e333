import { ApiError } from '../../../helpers/errors';
import { Standstill, type Activity } from '../../../helpers/scenario/standstill';

const RUNNING: Activity = {
  state: '7 running',
  changedAt: '2026-01-27T10:00:00Z',
  open: ['execution 7 is running and waits for its workflow to advance'],
  pending: [],
  isFinal: false,
  isSettled: false,
};

/** The result of a look each second, at what is then the activity. */
async function looksAt(...activities: (Activity | Error)[]): Promise<(string | null)[]> {
  let seconds = 0;
  const readNow = () => {
    const activity = activities[seconds - 1]!;
    return activity instanceof Error ? Promise.reject(activity) : Promise.resolve(activity);
  };
  const standstill = new Standstill(readNow, () => seconds * 1_000);
  const results: (string | null)[] = [];
  for (; seconds < activities.length;) {
    seconds++;
    results.push(await standstill.check());
  }
  return results;
}

const times = (n: number, activity: Activity): Activity[] => Array<Activity>(n).fill(activity);

test('what has not moved for eight seconds stands still, since its last change', async () => {
  const results = await looksAt(...times(10, RUNNING));

  expect(results.slice(0, 9)).toEqual(Array(9).fill(null));
  expect(results[9]).toBe(
    'nothing has moved since 2026-01-27T10:00:00Z, and nothing is due or in flight: ' + RUNNING.open.join(),
  );
});

test('a change starts the eight seconds again', async () => {
  expect(await looksAt(...times(8, RUNNING), ...times(8, { ...RUNNING, state: '7 running, 8 running' }))).toEqual(
    Array(16).fill(null),
  );
});

test('what runs or is due never stands still', async () => {
  expect(await looksAt(...times(30, { ...RUNNING, pending: ['its retry'] }))).toEqual(Array(30).fill(null));
});

test('the eight seconds begin when nothing is due any more', async () => {
  const due = { ...RUNNING, pending: ['its retry'] };
  const results = await looksAt(...times(5, due), ...times(9, RUNNING));
  expect(results.slice(0, 13)).toEqual(Array(13).fill(null));
  expect(results[13]).toContain('nothing has moved since 2026-01-27T10:00:00Z');
});

test('with a pinned clock, the second look without work ends the wait', async () => {
  const settled = { ...RUNNING, isSettled: true };
  const results = await looksAt(...times(4, settled));

  expect(results).toEqual([null, null, null, expect.stringContaining('nothing is due or in flight')]);
});

test('with a pinned clock, a change between two looks starts them again', async () => {
  const settled = { ...RUNNING, isSettled: true };
  expect(await looksAt(...times(3, settled), ...times(2, { ...settled, state: '7 completed' }))).toEqual(
    Array(5).fill(null),
  );
});

test('a stored decision ends the wait at the first look', async () => {
  const decided = { ...RUNNING, open: ['event 5: p.rule: did not match'], isFinal: true };
  expect(await looksAt(decided, decided)).toEqual([null, 'event 5: p.rule: did not match']);
});

test('of many rows the last ones are named', async () => {
  const many = { ...RUNNING, open: ['1', '2', '3', '4', '5'], isFinal: true };
  expect(await looksAt(many, many)).toEqual([null, '3; 4; 5; and 2 more']);
});

test('what may not be read shows no standstill', async () => {
  const denied = new ApiError({ method: 'GET', path: '/', status: 403, code: 'FORBIDDEN', message: '', body: '' });
  expect(await looksAt(...Array<Error>(20).fill(denied))).toEqual(Array(20).fill(null));
});

test('a wait that times out names what is in flight', async () => {
  let n = 0;
  const standstill = new Standstill(
    () => Promise.resolve({ ...RUNNING, pending: ['its process', 'its limit'] }),
    () => n++ * 2_000,
  );
  expect(standstill.pendingText()).toBe('');
  await standstill.check();
  expect(standstill.pendingText()).toBe(', with this in flight or due: its process; its limit');
});
