import pino from 'pino';
import type { Renewal } from '../../../platform/workers/rpc/standalone-protocol';
import { TokenRenewal } from '../../../platform/workers/standalone/worker/token-renewal';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A platform that answers with these replies in turn, an error or a promise for some. */
function open(replies: (Renewal | Error | Promise<Renewal>)[]) {
  const saved: string[] = [];
  const renew = jest.fn(() => {
    const reply = replies.shift();
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply!);
  });
  const source = { save: (token: string) => Promise.resolve((saved.push(token), null)) };
  return { renewal: new TokenRenewal({ renew, source, log: pino({ level: 'silent' }) }), renew, saved };
}

test('a token is renewed when it is due, and each that follows', async () => {
  const { renewal, renew, saved } = open([
    { token: 'second', renewInMs: 500 },
    { token: 'third', renewInMs: null },
  ]);
  renewal.schedule(1_000);

  await jest.advanceTimersByTimeAsync(999);
  expect(renew).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(1);
  expect(saved).toEqual(['second']);
  await jest.advanceTimersByTimeAsync(500);
  expect(saved).toEqual(['second', 'third']);
});

test('a refused or failed renewal is requested again', async () => {
  const { renewal, renew, saved } = open([
    ...[{ refused: 'frozen', renewInMs: 300 }, new Error('the connection was lost')],
    { token: 'second', renewInMs: null },
  ]);
  renewal.schedule(0);

  await jest.advanceTimersByTimeAsync(300);
  expect([renew.mock.calls.length, saved.length]).toEqual([2, 0]);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(saved).toEqual(['second']);
});

test('one renewal runs at a time, and none after the end', async () => {
  const { renewal, renew } = open([new Promise(() => undefined)]);
  renewal.schedule(0);
  renewal.schedule(0);

  await jest.advanceTimersByTimeAsync(10_000);
  expect(renew).toHaveBeenCalledTimes(1);

  const ended = open([]);
  ended.renewal.schedule(1_000);
  ended.renewal.stop();
  ended.renewal.schedule(0);
  await jest.advanceTimersByTimeAsync(10_000);
  expect(ended.renew).not.toHaveBeenCalled();
});
