import type { WorkerState } from '../../../contract/workers';
import { nextWorkerState, WORKER_VERBS, type WorkerKind } from '../../../platform/core/worker/transitions';

type Row = readonly (WorkerState | 'same' | null)[];

/** Per state, what each verb leads to; null: it is refused. */
const TABLES: Readonly<Record<WorkerKind, Readonly<Record<WorkerState, Row>>>> = {
  external: {
    provisioning: [null, null, null, null, null, null, null, null],
    awaiting_agent: ['online', null, null, null, 'same', null, null, 'removed'],
    online: ['same', 'same', 'same', 'paused', 'same', null, null, 'removed'],
    paused: [null, 'same', null, 'same', 'awaiting_agent', null, null, 'removed'],
    hibernated: [null, null, null, null, null, null, null, null],
    offline: [null, 'online', 'same', null, null, null, null, 'removed'],
    failed: [null, null, null, null, null, null, null, 'removed'],
    removed: [null, null, null, null, null, null, null, 'same'],
  },
  managed: {
    provisioning: [null, null, 'same', null, 'same', null, 'same', 'removed'],
    awaiting_agent: [null, null, null, null, null, null, null, null],
    online: [null, null, 'same', 'paused', 'same', 'hibernated', 'same', 'removed'],
    paused: [null, null, null, 'same', 'provisioning', null, null, 'removed'],
    hibernated: [null, null, 'provisioning', null, null, 'same', 'provisioning', 'removed'],
    offline: [null, null, 'same', null, null, null, null, 'removed'],
    failed: [null, null, null, null, null, null, 'provisioning', 'removed'],
    removed: [null, null, null, null, null, null, null, 'same'],
  },
};
const states = Object.keys(TABLES.managed) as WorkerState[];
const cases = (Object.keys(TABLES) as WorkerKind[]).flatMap((kind) => states.map((state) => [kind, state] as const));

test('the verbs are in the order of the table', () => {
  expect(WORKER_VERBS).toEqual(['register', 'heartbeat', 'dispatch', 'pause', 'resume', 'hibernate', 'wake', 'delete']);
});

test.each(cases)('verbs lead a %s worker from %s to these states', (kind, state) => {
  const found = WORKER_VERBS.map((verb) => {
    const next = nextWorkerState({ kind, state, isFresh: false }, verb);
    return next.is === 'changed' ? next.to : next.is === 'unchanged' ? 'same' : null;
  });

  expect(found).toEqual(TABLES[kind][state]);
});

test('a resumed external worker with a recent heartbeat is online', () => {
  const worker = { kind: 'external', state: 'paused', isFresh: true } as const;
  expect(nextWorkerState(worker, 'resume')).toEqual({ is: 'changed', to: 'online' });
});

test('a resumed managed worker is provisioned, its heartbeat notwithstanding', () => {
  const worker = { kind: 'managed', state: 'paused', isFresh: true } as const;
  expect(nextWorkerState(worker, 'resume')).toEqual({ is: 'changed', to: 'provisioning' });
});

test('a refusal names the verbs that are allowed', () => {
  const refused = (kind: WorkerKind, state: WorkerState) => nextWorkerState({ kind, state, isFresh: true }, 'pause');
  expect(refused('external', 'offline')).toEqual({ is: 'refused', allowed: ['heartbeat', 'dispatch', 'delete'] });
  expect(refused('managed', 'failed')).toEqual({ is: 'refused', allowed: ['wake', 'delete'] });
  expect(refused('managed', 'removed')).toEqual({ is: 'refused', allowed: [] });
});
