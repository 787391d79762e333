import { Type } from '@sinclair/typebox';
import { Id } from '../../../contract/json';
import type { Worker } from '../../../contract/workers';
import { workerTarget } from '../../auth/authorization-targets';
import { DomainError, notFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { lockTenantWorker, type TenantWorker } from '../../store/workers/tenant-workers';
import { listWorkerHealth } from '../../store/workers/worker-health';
import type { ApiContext } from '../http/context';

export const WORKERS_PATH = '/api/v1/workers';
export const workerParams = Type.Object({ id: Id });

/** The contract's value, for a platform whose heartbeat interval is not given. */
const DEFAULT_STALE_MS = 90_000;

export const staleSecondsOf = ({ workerStaleMs = DEFAULT_STALE_MS }: ApiContext): number => workerStaleMs / 1_000;

interface WorkerCall {
  readonly transaction: Transaction;
  readonly params: { readonly id: number };
}

/**
 * Requirements of a route on one worker: FORBIDDEN without any such grant, NOT_FOUND, FORBIDDEN
 * without one for it.
 */
export const onWorkerOf = (context: ApiContext) => ({
  anyGrantFirst: true,
  load: async ({ transaction, params: { id } }: WorkerCall): Promise<Worker> => {
    const [worker] = await listWorkerHealth(transaction, staleSecondsOf(context), id);
    if (!worker) throw notFound(`Worker ${id}`);
    return worker;
  },
  target: ({ loaded }: { readonly loaded: Worker }) => workerTarget(loaded),
});
export type WorkerRequirements = ReturnType<typeof onWorkerOf>;

/** The worker, locked. NOT_IMPLEMENTED for one that the platform runs for all tenants. */
export async function requireTenantWorker(transaction: Transaction, id: number): Promise<TenantWorker> {
  const worker = await lockTenantWorker(transaction, id);
  if (worker !== null) return worker;
  throw new DomainError(
    'NOT_IMPLEMENTED',
    `Worker ${id} is of all tenants: this is possible with one of a tenant only`,
  );
}
