// Spec: timers that run at the same time do not influence each other, also beside busy workers.
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import {
  executionsToReach,
  firesToReach,
  numbersUpTo,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { EVERY_PERIOD, periodsTo } from '../../../helpers/scenario/resources/interval-fires';
import { task } from '../../../helpers/scenario/resources/workflow-task';
import { runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { expectEveryPeriod, expectExecutedFires, PERIOD } from '../../../helpers/scenario/time/interval-periods';

const NEEDS = ['timers.interval', 'ledger.shared'];

/** A timer rule, and its period, seconds. */
interface Timer {
  readonly rule: TimerRule;
  readonly period: number;
}

/**
 * Enables timers, lets so many seconds pass, and disables them. Each fired as often as its period
 * fits into that time, and each fire has one execution with the parameters of its own rule.
 */
async function expectFires(ctx: TimeContext, timers: readonly Timer[], seconds: number): Promise<void> {
  const { rules } = ctx.client;
  const enabled = await Promise.all(timers.map(({ rule }) => rules.enable(rule.ref)));
  await ctx.time.pass(seconds);
  const fires = ({ rule, period }: Timer) => executionsToReach(Math.floor(seconds / period), ctx, rule);
  await Promise.all(timers.map((timer) => until(fires(timer), ctx.deadline)));
  await Promise.all(timers.map(({ rule }) => rules.disable(rule.ref)));

  await Promise.all(timers.map(({ rule, period }, n) => expectExecutedFires(ctx, rule, enabled[n]!.updated, period)));
}

const intervalRule = (ctx: Context, label: string, interval: number): Promise<TimerRule> =>
  timerRule(ctx, 'interval', { unit: 'seconds', interval }, { label });

claim.time('T3.3a', NEEDS, 'periods of two, four and six seconds are kept side by side', async (ctx) => {
  await ctx.pack('e2e');
  const periods = [2, 4, 6];
  const rules = await Promise.all(periods.map((period) => intervalRule(ctx, `every-${period}`, period)));

  const timers = rules.map((rule, n) => ({ rule, period: periods[n]! }));
  await expectFires(ctx, timers, 13);
});

claim.time('T3.3b', NEEDS, 'five equal timers all fire, and none fires twice', async (ctx) => {
  await ctx.pack('e2e');
  const rules = await Promise.all(numbersUpTo(5).map((n) => intervalRule(ctx, `timer-${n}`, PERIOD)));

  const timers = rules.map((rule) => ({ rule, period: PERIOD }));
  await expectFires(ctx, timers, 3.5 * PERIOD);
});

/** More than a worker has slots by default, so that no slot is free. */
const ITEMS = 12;
/** Longer than the claim runs: it cancels them. */
const ITEM_MS = 600_000;
/** Programs that run at all fires, on a target with few slots. */
const MIN_RUNNING = 5;
/** Fires of each timer that are compared. */
const FIRES = 5;
const LOADED = [...NEEDS, 'workflows.with_items', 'executions.cancel'];

/** Starts a workflow whose items keep the workers busy, and returns its id once they run. */
async function startLoad(ctx: Context): Promise<number> {
  const sleep = task(ctx, 'load', 'sleep-for', { ms: ITEM_MS });
  const overItems = { ...sleep, with_items: '{{ parameters.items }}', concurrency: ITEMS };
  const id = await startWorkflow(
    ctx,
    [overItems],
    { cancellation_policy: 'cancel_running' },
    { parameters: { items: numbersUpTo(ITEMS) } },
  );
  const isLoaded = () => runsOf(ctx, 'load') >= MIN_RUNNING;
  await until(predicateToHold(`${MIN_RUNNING} executions to start`, isLoaded), ctx.deadline);
  return id;
}

claim.time('T3.3c', LOADED, 'busy workers do not delay the timers', async (ctx) => {
  await ctx.pack('e2e');
  const labels = numbersUpTo(3).map((n) => `timer-${n}`);
  const rules = await Promise.all(
    labels.map((label) => timerRule(ctx, 'interval', EVERY_PERIOD, { label, action: 'core.noop', actionParams: {} })),
  );
  const load = await startLoad(ctx);

  const enabled = await Promise.all(rules.map(({ ref }) => ctx.client.rules.enable(ref)));
  await ctx.time.pass((periodsTo(ctx, FIRES) + 0.5) * PERIOD, { settle: false });
  await Promise.all(rules.map(({ ref }) => until(firesToReach(FIRES, ctx.client, ref), ctx.deadline)));
  const running = (await ctx.client.executions.children(load)).filter(({ status }) => status === 'running');
  await Promise.all(rules.map(({ ref }) => ctx.client.rules.disable(ref)));
  await cancelAndWait(ctx.client, load);

  expect(running.length).toBeGreaterThanOrEqual(MIN_RUNNING);
  const fires = await Promise.all(rules.map(async (rule) => (await occurrencesOf(ctx, rule)).slice(0, FIRES)));
  expect(fires.map(({ length }) => length)).toEqual(rules.map(() => FIRES));
  for (const [index, { updated }] of enabled.entries()) expectEveryPeriod(ctx, fires[index]!, updated);
});
