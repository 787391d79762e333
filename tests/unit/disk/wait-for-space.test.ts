import { pino } from 'pino';
import type { DiskShortage } from '../../../platform/disk/disk-floor';
import { WORKER_CALLS, type WorkerAccess } from '../../../platform/workers/access/worker-access';
import { waitForSpace } from '../../../platform/worker/wait-for-space';

const SHORT: DiskShortage = { resource: 'bytes', free: 1, floor: 2 };
const log = pino({ enabled: false });

/** What a worker is given, and the calls that reach the platform. */
function openAccess(shortages: (DiskShortage | null)[]) {
  const calls: unknown[] = [];
  const record =
    <T>(name: string, result: T) =>
    (...args: unknown[]): Promise<T> => {
      calls.push([name, ...args]);
      return Promise.resolve(result);
    };
  const access = {
    ...Object.fromEntries(WORKER_CALLS.map((name) => [name, record(name, null)])),
    claimExecutions: record('claimExecutions', ['attempt']),
    claimEnvironment: record('claimEnvironment', 'environment'),
    claimPackTest: record('claimPackTest', 'test'),
    listSensorPlans: record('listSensorPlans', { plans: [], acceptsWork: true }),
    recordDiskShortage: record('recordDiskShortage', undefined),
    finishAttempt: record('finishAttempt', true),
  } as unknown as WorkerAccess;
  const floor = { shortage: () => Promise.resolve(shortages.length > 1 ? shortages.shift()! : shortages[0]!) };
  return { access: waitForSpace(access, floor, log), calls };
}

test('a worker that is short of space claims nothing, and reports it once', async () => {
  const { access, calls } = openAccess([SHORT]);

  const claimed = [
    ...[await access.claimExecutions(3), await access.claimEnvironment(), await access.claimPackTest()],
    await access.listSensorPlans(),
  ];

  expect(claimed).toEqual([[], null, null, { plans: [], acceptsWork: false }]);
  expect(calls).toEqual([['recordDiskShortage', true], ['listSensorPlans']]);
});

test('what runs ends while there is no space', async () => {
  const { access, calls } = openAccess([SHORT]);

  expect(await access.finishAttempt(7, { status: 'completed' } as never)).toBe(true);
  expect(calls).toEqual([['finishAttempt', 7, { status: 'completed' }]]);
});

test('a worker with space again reports it, and claims', async () => {
  const { access, calls } = openAccess([SHORT, null]);
  await access.claimExecutions(1);

  expect(await access.claimExecutions(2)).toEqual(['attempt']);
  expect(calls).toEqual([
    ['recordDiskShortage', true],
    ['recordDiskShortage', false],
    ['claimExecutions', 2],
  ]);
});
