import { isWorkerName, namesToReserve, processName, registeredName } from '../../../platform/base/worker-names';

const INSTANCE = 'tuningfork-1a2b';
const named = (workerName: string | null) =>
  [1, 2, 11].map((n) => registeredName({ instance: INSTANCE, workerName }, processName(INSTANCE, n)));

test('a process without a name in the settings registers under its own', () => {
  expect(named(null)).toEqual([`${INSTANCE}-w1`, `${INSTANCE}-w2`, `${INSTANCE}-w11`]);
});

test('the first process has the name of the settings, and others a number', () => {
  expect(named('build')).toEqual(['build', 'build-2', 'build-11']);
});

test('the process of a worker of a tenant registers under its own name', () => {
  expect(registeredName({ instance: INSTANCE, workerName: 'build' }, 'their-worker')).toBe('their-worker');
});

test('a platform reserves a name for each of its processes', () => {
  expect(namesToReserve({ workerName: 'build', workers: 3 })).toEqual(['build', 'build-2', 'build-3']);
  expect(namesToReserve({ workerName: null, workers: 3 })).toEqual([]);
});

test.each(['', 'Build', 'a b', '-a', 'a/b', 'a'.repeat(64)])('%j is no name of a worker', (text) => {
  expect(isWorkerName(text)).toBe(false);
});
