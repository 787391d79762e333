import { LONGEST_LIFE_MS, decide, nextDueMs, type Running, type Wanted } from '../../../platform/sensor/decide';

const SELF = { worker: 7, takesWork: true };
const wanted = (change: Partial<Wanted> = {}): Wanted => ({
  ...{ sensor: 1, fingerprint: 'a', dueMs: 0, holder: null, fencingToken: null, fits: true },
  ...change,
});
const mine = (change: Partial<Wanted> = {}): Wanted => wanted({ holder: 7, fencingToken: 40, ...change });
const running = (change: Partial<Running> = {}): Running => ({
  ...{ sensor: 1, fingerprint: 'a', fencingToken: 40, ageMs: 0, isEnding: false },
  ...change,
});

test.each<[string, Wanted, boolean]>([
  ['that nobody runs is started', wanted(), true],
  ['whose right is still ours from a former life is started', mine(), true],
  ['that another worker runs is left to it', wanted({ holder: 8, fencingToken: 3 }), false],
  ['that pauses is not started', wanted({ dueMs: 1 }), false],
  ['that this host cannot run is left to others', wanted({ fits: false }), false],
])('a sensor %s', (_what, one, isStarted) => {
  expect(decide([one], [], SELF)).toEqual(isStarted ? [{ do: 'start', sensor: 1 }] : []);
});

test.each<[string, Wanted[], Running, string | null]>([
  ['nobody waits for any more', [], running(), 'not-wanted'],
  ['was told the same as now', [mine()], running(), null],
  ['was told something else', [mine({ fingerprint: 'b' })], running(), 'changed'],
  ['somebody else has the right to', [mine({ holder: 8 })], running(), 'lease-lost'],
  ['we have another right to', [mine({ fencingToken: 41 })], running(), 'lease-lost'],
  ['nobody has the right to', [wanted()], running(), 'lease-lost'],
  ['has a token that ends soon', [mine()], running({ ageMs: LONGEST_LIFE_MS }), 'token-spent'],
  ['is ending already', [], running({ isEnding: true }), null],
])('a process that %s', (_what, all, one, why) => {
  expect(decide(all, [one], SELF)).toEqual(why === null ? [] : [{ do: 'stop', sensor: 1, why }]);
});

test('a change of one sensor leaves the others alone', () => {
  const all = [mine({ fingerprint: 'b' }), mine({ sensor: 2, fencingToken: 50 })];

  expect(decide(all, [running(), running({ sensor: 2, fencingToken: 50 })], SELF)).toEqual([
    { do: 'stop', sensor: 1, why: 'changed' },
  ]);
});

test('a process that is ending is not started beside itself', () => {
  expect(decide([mine({ fingerprint: 'b' })], [running({ isEnding: true })], SELF)).toEqual([]);
});

test('a cordoned worker begins nothing, goes on with what it runs, and stops what is not wanted', () => {
  const cordoned = { ...SELF, takesWork: false };

  expect(decide([wanted({ sensor: 2 }), mine()], [running(), running({ sensor: 3 })], cordoned)).toEqual([
    { do: 'stop', sensor: 3, why: 'not-wanted' },
  ]);
});

test('the next look is due with the first pause that ends here', () => {
  const all = [
    wanted({ dueMs: 900 }),
    wanted({ sensor: 2, dueMs: 40, fits: false }),
    wanted({ sensor: 3, dueMs: 300 }),
  ];

  expect([nextDueMs(all), nextDueMs([wanted()])]).toEqual([300, null]);
});
