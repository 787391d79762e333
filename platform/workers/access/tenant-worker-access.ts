import { acceptedRuntimes, type WorkerPreset } from '../../core/worker/worker-preset';
import { replaceCalls } from './call-methods';
import type { WorkerAccess } from './worker-access';

/**
 * What the process of a tenant's worker may do: it runs executions that are addressed to it, and
 * neither sensors nor builds that no execution waits for. A runtime of another version than that
 * of its template counts as missing.
 */
export const tenantWorkerAccess = (access: WorkerAccess, preset: WorkerPreset | null): WorkerAccess =>
  replaceCalls(access, {
    registerWorker: (worker) =>
      access.registerWorker(
        preset === null ? worker : { ...worker, runtimes: acceptedRuntimes(worker.runtimes, preset) },
      ),
    listSensorPlans: () => Promise.resolve({ plans: [], acceptsWork: false }),
    claimEnvironment: () => Promise.resolve(null),
    claimPackTest: () => Promise.resolve(null),
  });
