import type { Worker, WorkerState } from '../../../contract/workers';

/** States without a heartbeat that a worker leaves again. */
const RESTING: readonly WorkerState[] = ['provisioning', 'awaiting_agent', 'paused', 'hibernated', 'failed'];

type Subject = Pick<Worker, 'status' | 'state' | 'heartbeat_stale' | 'load'>;

/** Whether a worker runs, rests, or holds executions. Any other is gone, and seldom comes back. */
export const isCurrent = ({ status, state, heartbeat_stale: isStale, load }: Subject): boolean =>
  status === 'error' || RESTING.includes(state) || load.total_active > 0 || (status !== 'inactive' && !isStale);
