import type { WorkerState } from '../../../contract/workers';
import { nextWorkerState, WORKER_VERBS } from '../../../platform/core/worker/transitions';

/** Per state, what each verb leads to; null: it is refused. */
const TABLE: Readonly<Record<WorkerState, readonly (WorkerState | 'unchanged' | null)[]>> = {
  awaiting_agent: ['online', null, null, null, 'unchanged', 'removed'],
  online: ['unchanged', 'unchanged', 'unchanged', 'paused', 'unchanged', 'removed'],
  paused: [null, 'unchanged', null, 'unchanged', 'awaiting_agent', 'removed'],
  offline: [null, 'online', 'unchanged', null, null, 'removed'],
  failed: [null, null, null, null, null, 'removed'],
  removed: [null, null, null, null, null, 'unchanged'],
};
const states = Object.keys(TABLE) as WorkerState[];

test('the verbs are in the order of the table', () => {
  expect(WORKER_VERBS).toEqual(['register', 'heartbeat', 'dispatch', 'pause', 'resume', 'delete']);
});

test.each(states)('each verb leads from %s to the state of the table', (from) => {
  const found = WORKER_VERBS.map((verb) => {
    const next = nextWorkerState(from, verb, false);
    return next.is === 'changed' ? next.to : next.is === 'unchanged' ? 'unchanged' : null;
  });

  expect(found).toEqual(TABLE[from]);
});

test('a worker with a recent heartbeat is online when it is resumed', () => {
  expect(nextWorkerState('paused', 'resume', true)).toEqual({ is: 'changed', to: 'online' });
});

test('a refusal names the verbs that are allowed', () => {
  expect(nextWorkerState('offline', 'pause', true)).toEqual({
    is: 'refused',
    allowed: ['heartbeat', 'dispatch', 'delete'],
  });
  expect(nextWorkerState('removed', 'resume', true)).toEqual({ is: 'refused', allowed: [] });
});
