// What a platform logs while its database is away or full.
import type { Logger } from 'pino';
import { addErrorSubject } from '../../../platform/base/error-subject';
import { REACHABLE_AGAIN } from '../../../platform/base/outage';
import { openLog } from '../../../platform/files/open-log';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** As a worker receives it of the platform. */
const diskFull = (): Error => Object.assign(new Error('No space left on device'), { code: '53100' });

/** A log, and what was written since the last look: message, count and seconds. */
function recording() {
  const lines: string[] = [];
  const log = openLog({ write: (line) => void lines.push(line) });
  const read = () =>
    lines.splice(0).map((line) => {
      const { msg, repeated, seconds } = JSON.parse(line) as { msg: string; repeated?: number; seconds?: number };
      return [
        msg,
        ...(repeated === undefined ? [] : [`+${repeated}`]),
        ...(seconds === undefined ? [] : [`${seconds} s`]),
      ];
    });
  return { log, read };
}

/** A loop fails once a second. */
async function fail(log: Logger, times: number, error: () => unknown = refused, msg = 'the loop failed') {
  for (let time = 0; time < times; time++) {
    log.error({ err: error() }, msg);
    await jest.advanceTimersByTimeAsync(1_000);
  }
}

test('an error of a loop is written at once, then in growing intervals', async () => {
  const { log, read } = recording();

  await fail(log, 90);

  expect(read()).toEqual([
    ['the loop failed'],
    ['the loop failed', '+9'],
    ['the loop failed', '+19'],
    ['the loop failed', '+39'],
  ]);
});

test('each loop has a first entry, and the end reports what was held', async () => {
  const { log, read } = recording();
  await fail(log, 3);
  await fail(log, 3, refused, 'the other loop failed');
  log.warn(REACHABLE_AGAIN);
  log.warn(REACHABLE_AGAIN); // by another connection

  expect(read()).toEqual([
    ['the loop failed'],
    ['the other loop failed'],
    ['an error is not repeated any more', '+2', '2 s'],
    ['an error is not repeated any more', '+2', '2 s'],
    [`${REACHABLE_AGAIN} after 6 s`, '6 s'],
  ]);

  await fail(log, 1);
  expect(read()).toEqual([['the loop failed']]);
});

test('an outage without a reconnect is over when it is not repeated', async () => {
  const { log, read } = recording();
  await fail(log, 4, diskFull);
  expect(read()).toEqual([['the loop failed']]);

  await jest.advanceTimersByTimeAsync(10_000);

  expect(read()).toEqual([['an error is not repeated any more', '+3', '3 s']]);
});

test('an outage of another cause is written at once', async () => {
  const { log, read } = recording();
  await fail(log, 2);
  await fail(log, 2, diskFull);

  expect(read()).toEqual([['the loop failed'], ['the loop failed']]);
});

test.each<[string, () => object]>([
  ['no outage', () => ({ err: new TypeError('x is undefined') })],
  ['an execution', () => ({ err: refused(), execution: 41 })],
  ['what the error names', () => ({ err: addErrorSubject(refused(), { rule: 7 }) })],
  ['a request', () => ({ err: refused(), request: 'a', route: '/keys' })],
])('every entry is written that is about %s', async (_, fields) => {
  const { log, read } = recording();
  for (let time = 0; time < 3; time++) log.error(fields(), 'it failed');
  await jest.advanceTimersByTimeAsync(20_000);

  expect(read()).toEqual([['it failed'], ['it failed'], ['it failed']]);
});

test('the entry that ends a process is never held', () => {
  const { log, read } = recording();
  log.fatal({ err: refused() }, 'the process ends');
  log.fatal({ err: refused() }, 'the process ends');

  expect(read()).toHaveLength(2);
});

test('a connection that is back where nothing failed is no entry', () => {
  const { log, read } = recording();
  log.warn(REACHABLE_AGAIN);

  expect(read()).toEqual([]);
});
