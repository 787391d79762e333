// Spec: the counts of an hour are those of what was created and ended in it.
import type { Client } from '../../../../helpers/client/client';
import { formatInstant, parseInstant } from '../../../../helpers/instant';
import { claim, type TimeContext } from '../../../../helpers/scenario/claim';
import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { waitForInquiry } from '../../../../helpers/scenario/resources/approvals';
import { waitForStatus } from '../../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['clock.virtual', 'executions.history', 'inquiries.ask', 'inquiries.expiry'];

const HOUR_MS = 3_600_000;

/** Passes the rest of an hour. Returns the start of the next one, epoch ms. */
async function startHour(ctx: TimeContext): Promise<number> {
  const now = parseInstant(await ctx.time.now());
  const start = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
  await ctx.time.pass((start - now) / 1_000);
  return start;
}

type HourlyCount = Awaited<ReturnType<Client['analytics']['eventVolume']>>['data'][number];

/** The counts, with the number of the hour. */
const hoursOf = (start: number, counts: readonly HourlyCount[]): unknown[] =>
  counts.map(({ bucket, label, value }) => [(parseInstant(bucket) - start) / HOUR_MS, label, value]);

claim.time('T3.32g', NEEDS, 'the counts of an hour are those of what happened in it', async (ctx) => {
  const { analytics } = ctx.client;
  const actionParams = { exit_code: '{{ event.payload.n - 1 }}' };
  const hook = await ctx.webhookRule({
    action: 'core.noop',
    actionParams,
    conditions: { expression: 'event.payload.n > 0' },
  });
  const rule = { rule_ref: hook.rule.ref };

  const start = await startHour(ctx);
  for (const n of [0, 1, 1]) await hook.post({ n });
  await until(executionsToBe('completed', 2, ctx.client, rule), ctx.deadline);
  await startHour(ctx);
  for (const n of [0, 0, 2]) await hook.post({ n });
  await until(executionsToBe('failed', 1, ctx.client, { ...rule, status: 'failed' }), ctx.deadline);
  const waiting = await startWorkflow(ctx, [inquiryTask({}, { timeout: 60 })]);
  await waitForInquiry(ctx, waiting);
  await ctx.time.pass(60);
  await waitForStatus(ctx, waiting, 'failed');
  const end = await startHour(ctx);
  await hook.post({ n: 1 }); // at the end, which is excluded
  await until(executionsToBe('completed', 3, ctx.client, { ...rule, status: 'completed' }), ctx.deadline);

  const interval = { since: formatInstant(start), until: formatInstant(end) };
  const shown = await analytics.dashboard(interval);
  const [events, enforcements] = [await analytics.eventVolume(interval), await analytics.enforcementVolume(interval)];
  const [executions, statuses] = [
    await analytics.executionThroughput(interval),
    await analytics.executionStatus(interval),
  ];
  const ended = await analytics.failureRate(interval);
  const inHours = (...values: number[]) => values.map((value, n) => [n, null, value]);
  expect(hoursOf(start, events.data)).toEqual(inHours(3, 3));
  expect(hoursOf(start, enforcements.data)).toEqual(inHours(2, 1));
  expect(hoursOf(start, executions.data)).toEqual(inHours(2, 3));
  expect(hoursOf(start, statuses.data)).toEqual([
    ...['completed', 'requested', 'running', 'scheduled'].map((label) => [0, label, 2]),
    ...Object.entries({ failed: 2, requested: 3, running: 3, scheduled: 1, timeout: 1 }).map(([label, n]) => [
      1,
      label,
      n,
    ]),
  ]);
  const [first, day] = [HOUR_MS, 24 * HOUR_MS];
  const ofHour = await analytics.eventVolume({ until: formatInstant(start + first), hours: 1 });
  const ofDay = await analytics.eventVolume({ until: formatInstant(start + first) });
  expect([ofHour, ofDay].map(({ since }) => parseInstant(since))).toEqual([start, start + first - day]);
  expect(hoursOf(start, ofHour.data)).toEqual(inHours(3));
  expect(ended).toMatchObject({ total_terminal: 5, completed_count: 2, failed_count: 2, timeout_count: 1 });
  expect(ended.failure_rate_pct).toBeCloseTo(60, 1);
  expect(shown).toMatchObject({
    execution_throughput: executions.data,
    execution_status: statuses.data,
    event_volume: events.data,
    enforcement_volume: enforcements.data,
    failure_rate: ended,
  });
});
