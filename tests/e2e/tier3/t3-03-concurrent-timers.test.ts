// Spec: timers that run at the same time do not influence each other, also beside busy workers.
import { EnvironmentError } from '../../../helpers/errors';
import { parseInstant } from '../../../helpers/instant';
import { expectWithin } from '../../../helpers/scenario/upper-bound';
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { recordedInterval, type Interval } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import {
  executionsToReach,
  firesToReach,
  latenessOf,
  numbersUpTo,
  occurrencesOf,
  timerRule,
  type Occurrence,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { dueInstants, EVERY_PERIOD, expectPeriod, PERIOD_MS } from '../../../helpers/scenario/resources/interval-fires';
import { task } from '../../../helpers/scenario/resources/workflow-task';
import { runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { expectExecutedFires, PERIOD } from '../../../helpers/scenario/time/interval-periods';

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

const LOAD = { concurrency: 10, items: 300 };
/** Of an item, so that its neighbours end at other times, and most run while one is replaced. */
const sleepMs = (item: number): number => 1_500 + 300 * (item % 10);
/** Fires of each timer that are compared. */
const FIRES = 5;
/** Executions that must run at each fire. */
const MIN_RUNNING = 5;
const LOADED = [...NEEDS, 'workflows.with_items', 'executions.intervals', 'executions.cancel'];

/** Starts a workflow that keeps ten executions running, and returns its id once they run. */
async function startLoad(ctx: Context): Promise<number> {
  const sleep = task(ctx, 'load', 'sleep-for', { ms: '{{ item }}' });
  const overItems = { ...sleep, with_items: '{{ parameters.items }}', concurrency: LOAD.concurrency };
  const id = await startWorkflow(ctx, [overItems], {}, { parameters: { items: numbersUpTo(LOAD.items).map(sleepMs) } });
  const isLoaded = () => runsOf(ctx, 'load') >= LOAD.concurrency;
  await until(predicateToHold(`${LOAD.concurrency} executions to start`, isLoaded), ctx.deadline);
  return id;
}

/** Throws EnvironmentError if this host did not run the load at one of the instants. */
function requireLoad(running: readonly Interval[], instants: readonly number[]): void {
  const counts = instants.map((at) => running.filter(({ start, finish }) => start <= at && at < finish).length);
  if (Math.min(...counts) >= MIN_RUNNING) return;
  throw new EnvironmentError(`fewer than ${MIN_RUNNING} executions ran at a fire: ${counts.join(', ')}`);
}

/** These fires kept the period since the instant, and the last is as late as the first was. */
function expectSteady(ctx: Context, fires: readonly Occurrence[], since: string): void {
  expectPeriod(ctx, fires, since, PERIOD_MS);
  const due = dueInstants(ctx, parseInstant(since), fires.length, PERIOD_MS);
  const lateness = fires.map(({ firedAt }, k) => firedAt - due[k]!);
  expectWithin(ctx.slackMs('mark'), latenessOf(fires.length - 1, lateness.at(-1)!, lateness[0]!, PERIOD_MS));
}

/** When the tasks of a workflow ran that were started. */
const intervalsOf = async ({ client }: Context, id: number): Promise<Interval[]> =>
  (await client.executions.children(id)).filter((child) => child.started_at !== undefined).map(recordedInterval);

claim.concurrent('T3.3c', LOADED, 'busy workers do not delay the timers', async (ctx) => {
  await ctx.pack('e2e');
  const labels = numbersUpTo(3).map((n) => `timer-${n}`);
  const rules = await Promise.all(
    labels.map((label) => timerRule(ctx, 'interval', EVERY_PERIOD, { label, action: 'core.noop', actionParams: {} })),
  );
  const load = await startLoad(ctx);

  const enabled = await Promise.all(rules.map(({ ref }) => ctx.client.rules.enable(ref)));
  await Promise.all(rules.map(({ ref }) => until(firesToReach(FIRES, ctx.client, ref), ctx.deadline)));
  await Promise.all(rules.map(({ ref }) => ctx.client.rules.disable(ref)));
  await cancelAndWait(ctx.client, load);

  const fires = await Promise.all(rules.map(async (rule) => (await occurrencesOf(ctx, rule)).slice(0, FIRES)));
  expect(fires.map(({ length }) => length)).toEqual(rules.map(() => FIRES));
  for (const [index, { updated }] of enabled.entries()) expectSteady(ctx, fires[index]!, updated);
  const firedAt = fires.flat().map((fire) => fire.firedAt);
  requireLoad(await intervalsOf(ctx, load), firedAt);
});
