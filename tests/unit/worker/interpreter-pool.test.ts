import { startInterpreterPool } from '../../../platform/worker/process/pool/interpreter-pool';
import type { PreforkProcess, SpawnCommand } from '../../../platform/worker/process/pool/prefork-process';

const KIND = { tenant: 1, network: 'full' } as const;
/** Longer than the delay of a refill. */
const REFILLED_MS = 20;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const COMMAND: SpawnCommand = { command: '/bin/sh', args: [], env: {}, cwd: '/', input: null };

const program = (env: Record<string, string> = {}, file = 'a.py'): SpawnCommand => ({
  ...COMMAND,
  command: '/bin/python',
  args: ['-u', file],
  env,
  interpreter: { optionCount: 1, waiter: 'wait.py' },
});

/** A pool of processes that do nothing, and how many of them were started and closed. */
function testPool() {
  const counts = { started: 0, closed: 0 };
  const start = () => {
    counts.started++;
    const close = () => {
      counts.closed++;
      return Promise.resolve();
    };
    return Promise.resolve({ isWaiting: () => true, close } as Partial<PreforkProcess> as PreforkProcess);
  };
  const pool = startInterpreterPool({ start, variables: { PATH: '/bin' }, onRefillFailure: jest.fn() });
  const takeMany = async (commands: readonly SpawnCommand[], tenants = [1]) => {
    const taken: boolean[] = [];
    for (const tenant of tenants)
      for (const command of commands) {
        taken.push((await pool.take({ ...KIND, tenant }, command)) !== null);
        await jest.advanceTimersByTimeAsync(REFILLED_MS);
      }
    return taken;
  };
  return { pool, counts, takeMany };
}

test('interpreters wait for a kind from its second program on', async () => {
  const { counts, takeMany } = testPool();

  expect(await takeMany([program()])).toEqual([false]);
  expect(counts.started).toBe(0);
  expect(await takeMany([program({ SOME: '1' }, 'b.py'), program({ SOME: '2' })])).toEqual([false, true]);
  expect(counts.started).toBe(3);
});

test('programs that differ at the start of their interpreter are of two kinds', async () => {
  const { takeMany } = testPool();
  const [plain, optimized] = [program(), program({ PYTHONOPTIMIZE: '1' })];

  expect(await takeMany([plain, plain, optimized, plain])).toEqual([false, false, false, true]);
});

test('other options of an interpreter, or another network, are another kind', async () => {
  const { pool, takeMany } = testPool();
  const unbuffered = program();
  const buffered = { ...unbuffered, args: ['-B', 'a.py'] };
  await takeMany([unbuffered, unbuffered]);

  expect(await pool.take({ ...KIND, network: 'none' }, unbuffered)).toBeNull();
  expect(await takeMany([buffered, unbuffered])).toEqual([false, true]);
});

test.each<[string, SpawnCommand]>([
  ['a program without an interpreter', COMMAND],
  ['options of Node, which may load modules', program({ NODE_OPTIONS: '--require /a.js' })],
])('nothing waits for %s', async (_what, command) => {
  const { counts, takeMany } = testPool();

  expect(await takeMany([command, command, command])).toEqual([false, false, false]);
  expect(counts.started).toBe(0);
});

test('programs of the same kind that are far apart find nothing that waits', async () => {
  const { counts, takeMany } = testPool();
  await takeMany([program()]);
  await jest.advanceTimersByTimeAsync(10_000);

  expect(await takeMany([program()])).toEqual([false]);
  expect(counts.started).toBe(0);
});

test('the kinds used last keep interpreters, until they are not used', async () => {
  const { counts, takeMany } = testPool();
  await takeMany([program(), program()], [1, 2, 3]);
  expect(counts).toEqual({ started: 6, closed: 0 });

  await takeMany([program()], [4]);
  expect(counts).toEqual({ started: 6, closed: 2 });

  await jest.advanceTimersByTimeAsync(29_000);
  expect(counts).toEqual({ started: 6, closed: 2 });
  await jest.advanceTimersByTimeAsync(31_000);
  expect(counts).toEqual({ started: 6, closed: 6 });
});

test('closing the pool kills all that wait', async () => {
  const { pool, counts, takeMany } = testPool();
  await takeMany([program(), program()]);

  await pool.close();

  expect(counts).toEqual({ started: 2, closed: 2 });
});
