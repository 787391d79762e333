import { pino } from 'pino';
import { parseInstant } from '../../../helpers/instant';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { createLoopWakeups, runDuePoll } from '../../../platform/executor/loops/due-poll';
import { runTimerAndRuleLoops } from '../../../platform/executor/loops/timer-and-rule-loops';
import { readFunctions } from '../../../platform/store/database/sql-files';
import { withTimers } from './with-timers';
import { livenessDeadline } from '../liveness';

const timers = withTimers();
const stop = new AbortController();
let loops: Promise<unknown>;

beforeAll(async () => {
  const { text } = (await readFunctions()).find(({ name }) => name === 'liveness_now.sql')!;
  await timers.owner().query(text); // the clock of the server
  const wakeups = createLoopWakeups();
  const log = pino({ enabled: false });
  loops = Promise.all([
    runDuePoll(timers.db(), wakeups, stop.signal, log),
    runTimerAndRuleLoops(timers.db(), wakeups, stop.signal, log),
  ]);
});
afterAll(async () => {
  stop.abort();
  await loops;
});

interface Occurrence {
  readonly payload: { readonly fired_at: string; readonly execution_count: number };
  readonly created: string;
}

const occurrencesOf = async (ref: string): Promise<Occurrence[]> => {
  const { rows } = await timers
    .owner()
    .query<Occurrence>('select payload, created from event where rule_ref = $1 order by id', [ref]);
  return rows;
};

const toHaveFired = (ref: string, count: number): Condition<Occurrence[]> => ({
  name: `${count} events of ${ref}`,
  check: async () => {
    const occurrences = await occurrencesOf(ref);
    return occurrences.length < count
      ? { is: 'pending', why: `${occurrences.length}` }
      : { is: 'met', value: occurrences };
  },
});

/** The recorded instants that are earlier than planned, with their lead in ms. */
const earlyInstants = ({ payload, created }: Occurrence, planned: number): number[] =>
  [payload.fired_at, created].map((instant) => planned - parseInstant(instant)).filter((leadMs) => leadMs > 0);

test('no occurrence of an interval is earlier than whole intervals', async () => {
  const { id, ref } = await timers.rule('core.intervaltimer', { unit: 'seconds', interval: 0.07 });
  const { rows } = await timers.owner().query<{ anchor: string }>('select anchor from timer where rule = $1', [id]);
  const anchor = parseInstant(rows[0]!.anchor);

  const occurrences = await until(toHaveFired(ref, 20), livenessDeadline());

  const early = occurrences.flatMap((occurrence) =>
    earlyInstants(occurrence, anchor + occurrence.payload.execution_count * 70),
  );
  expect(early).toEqual([]);
});

test('no date is earlier than its instant', async () => {
  const startMs = Date.now() + 10_000; // after all of them are stored
  const dates = Array.from({ length: 20 }, (_, n) => new Date(startMs + n * 37).toISOString().replace('Z', '123999Z'));
  const rules = await Promise.all(dates.map((date) => timers.rule('core.datetimetimer', { fire_at: date })));

  const occurrences = await Promise.all(rules.map(({ ref }) => until(toHaveFired(ref, 1), livenessDeadline())));

  const early = occurrences.flatMap(([occurrence], n) =>
    earlyInstants(occurrence!, parseInstant(dates[n]!) + 0.000999),
  );
  expect(early).toEqual([]);
});
