import { chromeReport } from '../../../helpers/run-report/chrome-report';
import { fc } from '../../seeded-properties';
import { claimOf, runOf } from './runs';
import { tracedRun } from './traced-run';

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name?: string };
}

const eventsOf = (run = tracedRun) => (chromeReport(run) as { traceEvents: TraceEvent[] }).traceEvents;
const complete = eventsOf().filter(({ ph }) => ph === 'X');

test('each event has the members that a viewer needs', () => {
  for (const { ph, ts, dur, pid, tid, name } of eventsOf()) {
    expect(['M', 'X']).toContain(ph);
    for (const number of [ts, pid, tid, ...(ph === 'X' ? [dur] : [])]) expect(Number.isInteger(number)).toBe(true);
    expect([pid > 0, ph === 'M' || tid > 0, name !== '']).toEqual([true, true, true]);
  }
  expect(complete.every(({ ts, dur }) => ts >= 0 && dur! >= 0)).toBe(true);
});

test('the instant of an event is before its texts', () => {
  for (const event of complete) expect(Object.keys(event).slice(0, 2)).toEqual(['ph', 'ts']);
});

test('a report has no unit, by which Perfetto once multiplied the instants', () => {
  expect(Object.keys(chromeReport(tracedRun))).toEqual(['otherData', 'traceEvents']);
});

test('tests, requests, executions and workers are processes of their own', () => {
  const names = eventsOf().filter(({ name }) => name === 'process_name');

  expect(names.map(({ pid, args }) => [pid, args.name])).toEqual([
    [1, 'tests of process 7'],
    [2, 'tests of process 6'],
    [3, 'requests of process 7'],
    [4, 'executions'],
    [5, 'attempts on worker 3'],
  ]);
});

test('events of one thread do not overlap', () => {
  const run = runOf([
    claimOf({ from: 0, to: 100 }),
    claimOf({ id: 'T2.8a', from: 50, to: 90 }),
    claimOf({ id: 'T2.8c', from: 90, to: 120 }),
  ]);

  const threads = eventsOf(run).filter(({ ph }) => ph === 'X');
  expect(threads.map(({ name, tid, ts, dur }) => [name.slice(0, 5), tid, ts, dur])).toEqual([
    ['T2.8b', 1, 0, 100_000],
    ['T2.8a', 2, 50_000, 40_000],
    ['T2.8c', 2, 90_000, 30_000],
  ]);
});

/** Those that end after an earlier one in which they start: Perfetto shows them wrongly. */
function overlapping(events: readonly TraceEvent[]): string[] {
  const open = new Map<string, number[]>();
  return [...events]
    .sort((one, other) => one.ts - other.ts || other.dur! - one.dur!)
    .flatMap(({ name, pid, tid, ts, dur }) => {
      const ends = (open.get(`${pid} ${tid}`) ?? []).filter((end) => end > ts);
      open.set(`${pid} ${tid}`, [...ends, ts + dur!]);
      return ends.some((end) => end < ts + dur!) ? [`${name} at ${ts}`] : [];
    });
}

test('events of any times nest in their thread', () => {
  const instant = fc.double({ min: 1_000, max: 1_002, noNaN: true });
  const times = fc.array(fc.tuple(instant, instant), { maxLength: 12 });

  fc.assert(
    fc.property(times, (pairs) => {
      const claims = pairs.flatMap(([one, other], n) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        return [claimOf({ id: `T1.${n}a`, from, to }), claimOf({ id: `T1.${n}b`, from: to, to: to + 1 })];
      });
      const events = eventsOf(runOf(claims)).filter(({ ph }) => ph === 'X');

      expect(events).toHaveLength(claims.length);
      expect(overlapping(events)).toEqual([]);
    }),
    { examples: [[[[1_000.0006, 1_000.0013]]]] },
  );
});

test('times are in microseconds since the start of the run', () => {
  const request = complete.find(({ name }) => name === 'POST /api/v1/executions/execute');

  expect(request).toMatchObject({ ts: 910_250, dur: 5_000, cat: 'request' });
  expect(complete.find(({ name }) => name === 'demo.flow')?.cat).toBe('execution,failed');
});

test('a run without tests has no event', () => {
  expect(chromeReport({ ...runOf([]), from: null, to: null })).toMatchObject({
    traceEvents: [],
    otherData: { start: null },
  });
});
