import { expectAtMost, realTime } from '../../../../helpers/scenario/time/real-time';
import { factsOf } from '../run/local-run-facts';

/** Instants less than 0.5 s apart, and what the host adds, are one to this target. */
const facts = factsOf('');

function openTime(hostDelayMs = 0) {
  const planned: number[] = [];
  const time = realTime({ facts, plan: (ms) => void planned.push(ms), hostDelayMs: () => hostDelayMs });
  return { time, planned };
}

/** Measures what a body takes, seconds. */
async function secondsOf(body: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await body();
  return (performance.now() - startedAt) / 1_000;
}

test('time passes by itself, and the waits of the test end later by it', async () => {
  const { time, planned } = openTime();

  expect(await secondsOf(() => time.pass(0.05))).toBeGreaterThanOrEqual(0.049);
  await time.passTo('2026-01-27T10:00:00Z'); // long ago

  expect(planned).toEqual([50, 0]);
  expect(await time.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
});

test('the last look is before the end, by the resolution of the target', async () => {
  const looks: number[] = [];
  const startedAt = performance.now();
  const look = () => void looks.push(performance.now() - startedAt);

  const seconds = await secondsOf(() => openTime().time.expectNothingFor(0.6, look));

  expect(seconds).toBeGreaterThanOrEqual(0.599);
  expect(looks).toHaveLength(2);
  expect(looks[1]).toBeGreaterThanOrEqual(98); // a timer counts from the start of its turn, in whole ms
});

test('a change in the time fails', async () => {
  let looks = 0;

  await expect(openTime().time.expectNothingFor(0.6, () => looks++)).rejects.toThrow('toEqual');
});

test('a change that was read late is undecidable', async () => {
  let looks = 0;
  const readLate = async () => {
    if (looks > 0) await new Promise((resolve) => setTimeout(resolve, 400));
    return looks++;
  };

  await expect(openTime().time.expectNothingFor(0.6, readLate)).rejects.toThrow('ENVIRONMENT: the last look ended');
});

test('a time that is shorter than the resolution is not looked at', async () => {
  let looks = 0;

  await openTime().time.expectNothingFor(0.01, () => looks++);

  expect(looks).toBe(1);
});

test.each([
  [3, 0, 'right'],
  [2.9995, 0, 'right'],
  [9.4, 0, 'right'],
  [9.6, 0, 'too long'],
  [9.6, 4_000, 'undecidable'],
  [2.9, 4_000, 'too short'],
])('%d s of 3 promised, on a host that may add %d ms: %s', (measured, hostDelayMs, verdict) => {
  const { time } = openTime(hostDelayMs);
  const compare = () => time.expectSeconds([1, measured], [1, 3]);

  if (verdict === 'right') compare();
  else if (verdict === 'undecidable') expect(compare).toThrow('ENVIRONMENT');
  else expect(compare).toThrow(`promised 3 s, measured ${measured.toFixed(3)} s`);
});

test('no short time is wrong by less than a stall of the host', () => {
  const { time } = openTime(0);

  time.expectSeconds([5.4], [1]);
  expect(() => time.expectSeconds([5.6], [1])).toThrow('too long');
});

test.each([
  [0, 0, 'right'],
  [4.9, 0, 'right'],
  [5.1, 0, 'too long'],
  [5.1, 3_000, 'undecidable'],
])('%d s where at most 1 is promised, on a host that may add %d ms: %s', (measured, hostDelayMs, verdict) => {
  const compare = () => expectAtMost(1, [0.5, measured], hostDelayMs);

  if (verdict === 'right') compare();
  else if (verdict === 'undecidable') expect(compare).toThrow('ENVIRONMENT');
  else expect(compare).toThrow('promised 1 s, measured 5.100 s, this host may add 0.000 s: too long');
});

test('a missing time fails', () => {
  expect(() => openTime().time.expectSeconds([3], [3, 6])).toThrow('toHaveLength');
});
