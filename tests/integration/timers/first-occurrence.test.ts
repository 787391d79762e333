import { parseInstant } from '../../../helpers/instant';
import { formatInstant } from '../../../platform/core/schedule/date-time';
import { withTimers } from './with-timers';

const timers = withTimers();

const STEP_MS = 7;
const PERIOD_MS = 2_000;
const FIRST_MULTIPLE = parseInstant('2026-11-20T12:00:02Z');

/** Each reading of the clock is 7 ms later than the one before. */
const ADVANCING_CLOCK = `
  create sequence reading;
  create or replace function platform_now() returns timestamptz language sql volatile security definer
    set search_path = public, pg_temp
    as $$ select at + nextval('reading') * interval '${STEP_MS} ms' from test_clock $$`;

beforeAll(() => timers.owner().query(ADVANCING_CLOCK));

/** The first multiple of the period after an instant. */
const nextMultiple = (instant: string): number => (Math.floor(parseInstant(instant) / PERIOD_MS) + 1) * PERIOD_MS;

/** Sets the clock so that the reading after `count` others is the first multiple or later. */
async function setClockBefore(count: number): Promise<void> {
  await timers.owner().query('alter sequence reading restart');
  await timers.setClock(formatInstant(FIRST_MULTIPLE - (count + 0.5) * STEP_MS));
}

const READINGS = Array.from({ length: 12 }, (_, count) => count);

test.each(READINGS)('the first occurrence follows `updated`, %s readings before a multiple', async (count) => {
  const rule = await timers.rule('core.crontimer', { expression: '*/2 * * * * *' }, { enabled: false });
  await setClockBefore(count);
  const enabled = await timers.change(rule.id, { enabled: true });

  expect(parseInstant(enabled.next_fire_at!)).toBe(nextMultiple(enabled.updated));

  await setClockBefore(count);
  const created = await timers.rule('core.crontimer', { expression: '*/2 * * * * *' });

  expect(parseInstant(created.next_fire_at!)).toBe(nextMultiple(created.updated));
});
