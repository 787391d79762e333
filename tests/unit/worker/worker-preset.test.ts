import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import { provisionFailure } from '../../../platform/core/worker/provision-failure';
import { acceptedRuntimes, presetOf } from '../../../platform/core/worker/worker-preset';
import { tenantWorkerAccess } from '../../../platform/workers/access/tenant-worker-access';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';

const FOUND = { python: '3.11.7', shell: '5.2.15' };

test.each([
  [null, FOUND],
  ['3', { python: '3.11.7' }],
  ['3.12', {}],
  ['5.2', { shell: '5.2.15' }],
])('a preset of version %s accepts the runtimes %j', (version, accepted) => {
  expect(acceptedRuntimes(FOUND, { version })).toEqual(accepted);
});

test('every template of the manifest is a preset, and nothing else is', () => {
  const presets = RUNTIME_MANIFEST.templates.map(({ name }) => presetOf(name));

  expect(presets).not.toContain(null);
  expect([presetOf(null), presetOf('shell')]).toEqual([null, null]);
});

test('a runtime of another version than that of the template counts as missing', async () => {
  const registered: unknown[] = [];
  const registerWorker = (worker: unknown) => Promise.resolve(registered.push(worker));
  const preset = { version: '3.12', environment: {}, slots: 1 };
  const worker = { runtimes: FOUND, slots: 1, meta: {} };

  for (const of of [preset, null])
    await tenantWorkerAccess({ registerWorker } as unknown as WorkerAccess, of).registerWorker(worker);

  expect(registered).toEqual([{ ...worker, runtimes: {} }, worker]);
});

test('a call of a tenant worker runs on the access of its process', async () => {
  const access = {
    claimed: 0,
    claimExecutions(maxCount: number) {
      this.claimed += maxCount;
      return Promise.resolve([]);
    },
  };

  await tenantWorkerAccess(access as unknown as WorkerAccess, null).claimExecutions(2);

  expect(access.claimed).toBe(2);
});

test('a version that the host lacks is named', () => {
  const worker = { isRegistered: true, hasRuntime: false, provisionTimeoutMs: 1_000, cause: 'create' };

  const { detail } = provisionFailure({ ...worker, runtime: 'python', template: 'python-batch' });

  expect(detail).toBe('python 3: its process did not find a program that works');
});
