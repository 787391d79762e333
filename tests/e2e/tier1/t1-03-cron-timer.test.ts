// Spec: a cron timer fires at exactly the instants that all six of its fields select, and at no other.
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { eventsToBe, executionsToBe } from '../../../helpers/event-conditions';
import { instant } from '../../../helpers/instant';
import { platformClock, rfc3339, type PlatformClock } from '../../../helpers/platform-clock';
import { stays, until } from '../../../helpers/polling';
import {
  arm,
  chainOf,
  executionsToReach,
  FAR,
  fires,
  leadMs,
  occurrencesOf,
  timerRule,
  type TimerRule,
  upTo,
} from '../../../helpers/timer-rule';

const NEEDS = ['timers.cron', 'ledger.shared'];
const SECOND = 1_000;
const MINUTE = 60_000;
/** The schedule of a rule that is armed later. */
const YEARLY = { expression: '0 0 0 1 1 *' };

/** Two whole seconds, two apart, that lie far enough ahead, epoch ms. */
function twoMarks(ctx: Context, clock: PlatformClock): [number, number] {
  const first = Math.ceil((clock.now() + leadMs(ctx, SECOND)) / SECOND) * SECOND;
  return [first, first + 2 * SECOND];
}

const list = (values: readonly number[]): string => [...new Set(values)].sort((a, b) => a - b).join(',');
const secondsOf = (marks: readonly number[]): string => list(marks.map((mark) => new Date(mark).getUTCSeconds()));

/** Did it fire at these instants and no others, each at once, and was its action run each time? */
async function expectMarks(ctx: Context, rule: TimerRule, marks: readonly number[]): Promise<void> {
  await until(executionsToBe('completed', marks.length, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  expect(ctx.ledger.count(ctx.signed(rule.label).key)).toBe(marks.length);
  const occurrences = await occurrencesOf(ctx, rule);
  expect(occurrences.map(({ plannedAt }) => rfc3339(plannedAt))).toEqual(marks.map(rfc3339));
  const slack = ctx.slackMs('mark');
  const onTime = occurrences.map(({ firedAt }, at) => [
    firedAt >= marks[at]!,
    judgeBound(firedAt, marks[at]!, slack, SECOND),
  ]);
  expect(onTime).toEqual(marks.map(() => [true, 'within']));
}

claim.concurrent('T1.3a', NEEDS, 'a list of two seconds fires at those seconds only', async (ctx) => {
  await ctx.pack('e2e');
  const clock = await platformClock(ctx);
  const rule = await timerRule(ctx, 'cron', YEARLY);
  const neighbour = await timerRule(ctx, 'date', FAR, { label: 'neighbour' });

  const marks = twoMarks(ctx, clock);
  await arm(ctx, rule, { expression: `${secondsOf(marks)} * * * * *` });
  await arm(ctx, neighbour, { fire_at: rfc3339(marks[1] + 1_500) });
  const fence = eventsToBe(1, ctx.client, { rule_ref: neighbour.ref });
  await stays(() => fires(ctx, rule), 2, fence, ctx.quietMs, ctx.deadline);

  await expectMarks(ctx, rule, marks);
});

claim.concurrent('T1.3b', NEEDS, 'a step fires on each multiple and nowhere else', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', { expression: '*/2 * * * * *' });

  const activated = instant((await ctx.client.rules.enable(rule.ref)).updated);
  await until(executionsToReach(3, ctx, rule), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);

  const occurrences = await occurrencesOf(ctx, rule);
  const n = occurrences.length;
  const first = (Math.floor(activated / (2 * SECOND)) + 1) * 2 * SECOND; // counted from the full minute
  await expectMarks(
    ctx,
    rule,
    upTo(n).map((k) => first + (k - 1) * 2 * SECOND),
  );
  const chain = await chainOf(
    ctx,
    rule,
    occurrences.map(({ event }) => event),
  );
  expect(chain).toMatchObject({ enforced: upTo(n), executed: upTo(n) });
  expect(occurrences[0]!.firedAt).toBeGreaterThan(activated);
});

claim.concurrent('T1.3c', NEEDS, 'second zero of the next minute fires once', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', { expression: '0 * * * * *' });

  const enabled = await ctx.client.rules.enable(rule.ref);
  const minute = (Math.floor(instant(enabled.updated) / MINUTE) + 1) * MINUTE;
  await until(eventsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);

  await expectMarks(ctx, rule, [minute]);
  if (!ctx.needs('timers.preview')) return;
  expect(instant(enabled.next_fire_at ?? '')).toBe(minute);
});

/** Second, minute and day of the month as the marks have them; `month` and `weekdays` as given. */
const fieldsOf = (marks: readonly number[], month: string, weekdays: string): string => {
  const [from, to] = [Math.min(...marks), Math.max(...marks)].map((mark) => new Date(mark).getUTCMinutes());
  const minutes = from! <= to! ? `${from}-${to}` : `${from},${to}`;
  const days = list(marks.map((mark) => new Date(mark).getUTCDate()));
  return `${secondsOf(marks)} ${minutes} * ${days} ${month} ${weekdays}`;
};

claim.concurrent('T1.3d', NEEDS, 'all fields must match together', async (ctx) => {
  await ctx.pack('e2e');
  const clock = await platformClock(ctx);
  const today = await timerRule(ctx, 'cron', YEARLY, { label: 'today' });
  const notToday = await timerRule(ctx, 'cron', YEARLY, { label: 'not-today' });
  const notThisMonth = await timerRule(ctx, 'cron', YEARLY, { label: 'not-this-month' });

  const marks = twoMarks(ctx, clock);
  const days = marks.map((mark) => new Date(mark).getUTCDay());
  const others = [0, 1, 2, 3, 4, 5, 6].filter((day) => !days.includes(day));
  const otherMonth = String(((new Date(marks[1]).getUTCMonth() + 6) % 12) + 1);
  const fields = (month: string, weekdays: readonly number[]) => ({
    expression: fieldsOf(marks, month, list(weekdays)),
  });
  await Promise.all([
    arm(ctx, notToday, fields('*', others)),
    arm(ctx, notThisMonth, fields(otherMonth, [...days, others[2]!])),
    arm(ctx, today, fields('*', [...days, others[2]!])),
  ]);
  const fence = eventsToBe(2, ctx.client, { rule_ref: today.ref });
  const elsewhere = async () => [await fires(ctx, notToday), await fires(ctx, notThisMonth)];
  await stays(elsewhere, [0, 0], fence, ctx.quietMs, ctx.deadline);

  await expectMarks(ctx, today, marks);
});
