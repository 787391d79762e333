import type { WorkerState } from '../../../contract/workers';
import { nextWorkerState, type WorkerVerb } from '../../core/worker/transitions';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { setWorkerState, type TenantWorker } from '../../store/workers/tenant-workers';

interface VerbResult {
  readonly state: WorkerState;
  readonly changed: boolean;
}

/** Throws ILLEGAL_TRANSITION where the state does not allow the verb. */
export async function followVerb(
  transaction: Transaction,
  worker: TenantWorker,
  verb: WorkerVerb,
): Promise<VerbResult> {
  const to = requireAllowed(worker, verb);
  if (to === worker.state) return { state: to, changed: false };
  await setWorkerState(transaction, worker.id, { to, cause: verb });
  return { state: to, changed: true };
}

/** The state after the verb. Throws ILLEGAL_TRANSITION. */
export function requireAllowed(worker: TenantWorker, verb: WorkerVerb): WorkerState {
  const { state: from } = worker;
  const next = nextWorkerState(worker, verb);
  if (next.is === 'changed') return next.to;
  if (next.is === 'unchanged') return from;
  const allowed = [...next.allowed];
  const list = allowed.join(', ') || 'nothing';
  throw new DomainError('ILLEGAL_TRANSITION', `A worker that is ${from} cannot ${verb}; allowed: ${list}`, {
    path: '/state',
    hint: allowed.length > 0 ? `one of: ${list}` : 'create another worker',
    from,
    verb,
    allowed,
  });
}
