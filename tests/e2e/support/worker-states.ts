import { WORKER_STATES, type WorkerState } from '../../../contract/workers';

export type { WorkerState };

/** States that no worker of this kind has. */
const ABSENT: Readonly<Record<'external' | 'managed', readonly WorkerState[]>> = {
  external: ['provisioning', 'hibernated', 'failed'],
  managed: ['awaiting_agent'],
};

/** The states that a worker of this kind can have. */
export const statesOf = (kind: keyof typeof ABSENT): WorkerState[] =>
  WORKER_STATES.filter((state) => !ABSENT[kind].includes(state));
