import type { WorkerAccess } from './worker-access';

/**
 * What the process of a tenant's worker may do: it runs executions that are addressed to it, and
 * neither sensors nor builds that no execution waits for.
 */
export function tenantWorkerAccess(access: WorkerAccess): WorkerAccess {
  const limited: Partial<WorkerAccess> = {
    listSensorPlans: () => Promise.resolve({ plans: [], acceptsWork: false }),
    claimEnvironment: () => Promise.resolve(null),
  };
  return Object.assign(Object.create(access) as WorkerAccess, limited);
}
