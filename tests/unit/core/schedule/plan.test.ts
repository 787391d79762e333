import { shownInstant } from '../../../../platform/core/schedule/date-time';
import { afterFire, initialPlan, nextFires, type DueTimer } from '../../../../platform/core/schedule/plan';
import type { TimerTrigger } from '../../../../platform/core/schedule/schedule';

const ANCHOR = Date.parse('2027-03-14T04:45:00.250Z');
const timezone = 'America/New_York';

const armed = (trigger: TimerTrigger, params: DueTimer['params']): DueTimer => {
  const { dueAt } = initialPlan(trigger, params, ANCHOR);
  return { trigger, params, anchor: ANCHOR, dueAt: dueAt!, fires: 0 };
};
const INTERVAL = armed('core.intervaltimer', { unit: 'minutes', interval: 5 });

const listed = (timer: DueTimer, now: number, count: number): number[] => {
  const fires = nextFires(timer, now);
  return Array.from({ length: count }, () => fires.next().value).flatMap((at) => at ?? []);
};

test.each([
  INTERVAL,
  armed('core.crontimer', { expression: '0 */30 0-4 * * *', timezone }),
  armed('core.crontimer', { expression: '0 30 2 * * *', timezone }),
  armed('core.datetimetimer', { fire_at: '2027-03-14T12:00:00Z' }),
  armed('core.rruletimer', { dtstart: '2027-03-01T02:30:00', freq: 'daily', count: 20, timezone }),
])('a list of fires has the instants that fire one after another, %j', (timer) => {
  const fired: number[] = [];
  for (let at: number | null = timer.dueAt; at !== null && fired.length < 30;) {
    fired.push(at);
    at = afterFire({ ...timer, dueAt: at }, at, 'sensor').plan.dueAt;
  }

  expect(listed(timer, ANCHOR, 30)).toEqual(fired);
});

test('a list of fires begins with one that is due, and leaves out a missed one', () => {
  const firstAfter = (ms: number) => shownInstant(listed(INTERVAL, INTERVAL.dueAt + ms, 1)[0]!);

  expect([0, 60_000, 60_001].map(firstAfter)).toEqual([
    '2027-03-14T04:50:00.25Z',
    '2027-03-14T04:50:00.25Z',
    '2027-03-14T04:55:00.25Z',
  ]);
});

test('an instant is shown without zeros at the end of its fraction', () => {
  expect([0, 10, 120.5].map(shownInstant)).toEqual([
    '1970-01-01T00:00:00Z',
    '1970-01-01T00:00:00.01Z',
    '1970-01-01T00:00:00.1205Z',
  ]);
});
