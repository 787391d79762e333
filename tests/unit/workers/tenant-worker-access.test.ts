import { tenantWorkerAccess } from '../../../platform/workers/access/tenant-worker-access';
import { methodsFor } from '../../../platform/workers/access/call-methods';
import { WORKER_CALLS, type WorkerAccess } from '../../../platform/workers/access/worker-access';

test('the process of a tenant’s worker gets no sensors, builds or tests', async () => {
  const calls: string[] = [];
  const platform = methodsFor<WorkerAccess>(WORKER_CALLS, (name) => {
    calls.push(name);
    return Promise.resolve(name);
  });
  const access = tenantWorkerAccess(platform, null);

  expect(await access.listSensorPlans()).toEqual({ plans: [], acceptsWork: false });
  expect([await access.claimEnvironment(), await access.claimPackTest()]).toEqual([null, null]);
  expect(calls).toEqual([]);
  await access.claimExecutions(2);
  expect(calls).toEqual(['claimExecutions']);
});
