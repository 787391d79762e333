import { createLimiter } from '../../../platform/base/async/limiter';

/** Work that ends when it is released; `started` lists what has started, in order. */
function work() {
  const started: number[] = [];
  const releases: (() => void)[] = [];
  const run = (n: number) => () =>
    new Promise<number>((resolve) => {
      started.push(n);
      releases[n] = () => resolve(n);
    });
  return { started, run, release: (n: number) => releases[n]!() };
}

test('work beyond the limit waits, and starts in order of arrival', async () => {
  const limiter = createLimiter(2);
  const { started, run, release } = work();
  const results = [0, 1, 2, 3].map((n) => limiter(null, run(n)));
  expect(started).toEqual([0, 1]);

  release(1);
  await results[1];
  await Promise.resolve();
  expect(started).toEqual([0, 1, 2]);
  release(0);
  release(2);
  await Promise.all([results[0], results[2]]);
  release(3);

  expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
});

test('failed work makes room for the next', async () => {
  const limiter = createLimiter(1);

  const failed = limiter(null, () => Promise.reject(new Error('broken')));
  const next = limiter(null, () => Promise.resolve('done'));

  await expect(failed).rejects.toThrow('broken');
  expect(await next).toBe('done');
});

test('aborted work leaves the queue and starts nothing', async () => {
  const limiter = createLimiter(1);
  const { started, run, release } = work();
  const client = new AbortController();
  const first = limiter(null, run(0));
  const second = limiter(client.signal, run(1));
  const third = limiter(null, run(2));

  client.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  release(0);
  await first;
  await Promise.resolve();
  expect(started).toEqual([0, 2]);
  release(2);

  expect(await third).toBe(2);
  await expect(limiter(client.signal, run(3))).rejects.toThrow('gone');
});
