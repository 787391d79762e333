import {
  MAX_PROCESS_AGE_MS,
  planReconciliation,
  nextStartInMs,
  type RunningSensor,
  type DesiredSensor,
} from '../../../platform/worker/sensors/reconcile';

const HOST = { worker: 7, acceptsWork: true };
const desired = (change: Partial<DesiredSensor> = {}): DesiredSensor => ({
  sensor: 1,
  fingerprint: 'a',
  startInMs: 0,
  holder: null,
  fencingToken: null,
  isRunnableHere: true,
  ...change,
});
const heldHere = (change: Partial<DesiredSensor> = {}): DesiredSensor =>
  desired({ holder: 7, fencingToken: 40, ...change });
const running = (change: Partial<RunningSensor> = {}): RunningSensor => ({
  sensor: 1,
  fingerprint: 'a',
  fencingToken: 40,
  ageMs: 0,
  isStopping: false,
  ...change,
});

test.each<[string, DesiredSensor, boolean]>([
  ['without a holder is started', desired(), true],
  ['whose lease this worker still holds is started', heldHere(), true],
  ['held by another worker is not started', desired({ holder: 8, fencingToken: 3 }), false],
  ['in its back-off pause is not started', desired({ startInMs: 1 }), false],
  ['that this host cannot run is not started', desired({ isRunnableHere: false }), false],
])('a sensor %s', (_what, entry, isStarted) => {
  expect(planReconciliation([entry], [], HOST)).toEqual(isStarted ? [{ type: 'start', sensor: 1 }] : []);
});

test.each<[string, DesiredSensor[], RunningSensor, string | null]>([
  ['is needed no more is stopped', [], running(), 'not-needed'],
  ['has an unchanged fingerprint goes on', [heldHere()], running(), null],
  ['this host can run no more is stopped', [heldHere({ isRunnableHere: false })], running(), 'misplaced'],
  ['has a changed fingerprint is stopped', [heldHere({ fingerprint: 'b' })], running(), 'changed'],
  ['is held by another worker is stopped', [heldHere({ holder: 8 })], running(), 'lease-lost'],
  ['has an older fencing token is stopped', [heldHere({ fencingToken: 41 })], running(), 'lease-lost'],
  ['has no holder is stopped', [desired()], running(), 'lease-lost'],
  ['has an expiring token is stopped', [heldHere()], running({ ageMs: MAX_PROCESS_AGE_MS }), 'token-expiring'],
  ['is stopping already goes on', [], running({ isStopping: true }), null],
])('a process that %s', (_what, all, entry, reason) => {
  expect(planReconciliation(all, [entry], HOST)).toEqual(reason === null ? [] : [{ type: 'stop', sensor: 1, reason }]);
});

test('a change of one sensor stops only its own process', () => {
  const all = [heldHere({ fingerprint: 'b' }), heldHere({ sensor: 2, fencingToken: 50 })];

  expect(planReconciliation(all, [running(), running({ sensor: 2, fencingToken: 50 })], HOST)).toEqual([
    { type: 'stop', sensor: 1, reason: 'changed' },
  ]);
});

test('a sensor that is stopping is not started again before its end', () => {
  expect(planReconciliation([heldHere({ fingerprint: 'b' })], [running({ isStopping: true })], HOST)).toEqual([]);
});

test('a cordoned worker starts no sensor and stops unneeded ones', () => {
  const cordoned = { ...HOST, acceptsWork: false };

  expect(
    planReconciliation([desired({ sensor: 2 }), heldHere()], [running(), running({ sensor: 3 })], cordoned),
  ).toEqual([{ type: 'stop', sensor: 3, reason: 'not-needed' }]);
});

test('the next start is the earliest among sensors that this host can run', () => {
  const all = [
    desired({ startInMs: 900 }),
    desired({ sensor: 2, startInMs: 40, isRunnableHere: false }),
    desired({ sensor: 3, startInMs: 300 }),
  ];

  expect([nextStartInMs(all), nextStartInMs([desired()])]).toEqual([300, null]);
});
