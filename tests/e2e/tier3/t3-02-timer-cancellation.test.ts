// Spec: an interval timer stops with its rule, and starts a new period when the rule is enabled.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { parseInstant } from '../../../helpers/instant';
import { recordedInterval, sortedAscending } from '../../../helpers/scenario/intervals';
import { stays, until, type Condition } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { readExecutions } from '../../../helpers/scenario/resources/ended-executions';
import { platformClock } from '../../../helpers/scenario/resources/platform-clock';
import {
  disableBetweenFires,
  executionsToReach,
  fireCount,
  firesToReach,
  numbersUpTo,
  occurrencesOf,
  timerRule,
  type Occurrence,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { enableForExecutions, expectFiresWithin } from '../../../helpers/scenario/resources/enabled-time';
import { EVERY_PERIOD, expectPeriod, PERIOD_MS } from '../../../helpers/scenario/resources/interval-fires';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['timers.interval', 'ledger.shared'];

/** Ids of the rule's enforcements, oldest first; those of a removed rule, too. */
const enforcementsOf = async ({ client }: Context, { ref }: TimerRule): Promise<number[]> =>
  sortedAscending((await client.enforcements.list({ rule_ref: ref })).map(({ id }) => id));

/** An enabled timer of the same period, whose fires are the fence. Returns its rule. */
const startNeighbour = async (ctx: Context): Promise<TimerRule> => {
  const { ref } = await timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'neighbour', matchesNothing: true });
  return ctx.client.rules.enable(ref);
};

/** The rule has exactly these enforcements until its neighbour has fired `n` more times. */
const expectNoMore = async (ctx: Context, rule: TimerRule, enforcements: number[], neighbour: TimerRule, n: number) => {
  const fence = firesToReach((await fireCount(ctx, neighbour)) + n, ctx.client, neighbour.ref);
  await stays(() => enforcementsOf(ctx, rule), enforcements, fence, ctx.quietMs, ctx.deadline);
};

/** Enables the rule, and disables it between two fires once the condition is met. */
const enableUntil = async (ctx: Context, rule: TimerRule, condition: Condition<unknown>) => {
  await ctx.client.rules.enable(rule.ref);
  await until(condition, ctx.deadline);
  await disableBetweenFires(ctx, rule, PERIOD_MS);
};

/** Each of these enforcements has one execution, which completed with the rule's parameters. */
const expectOneExecutionEach = async (
  ctx: Context,
  rule: TimerRule,
  enforcements: number[],
  added: Parameters = {},
) => {
  const ofRule = { rule_ref: rule.ref };
  const executions = await until(executionsToBe('completed', enforcements.length, ctx.client, ofRule), ctx.deadline);
  expect(executions.map(({ enforcement }) => enforcement)).toEqual(enforcements);
  const whole = await readExecutions(ctx, executions);
  const params = { ...ctx.ledgerInput('rule'), nonce: ctx.nonce, ...added };
  expect(whole.map(echoedParameters)).toEqual(enforcements.map(() => params));
  expect(runsOf(ctx, 'rule')).toBe(executions.length);
  return executions;
};

claim.concurrent('T3.2a', NEEDS, 'a disabled timer rule creates no enforcement', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  await enableUntil(ctx, rule, firesToReach(2, ctx.client, rule.ref));
  const disabledAt = platformClock(ctx).now();

  const enforcements = await enforcementsOf(ctx, rule);
  await expectNoMore(ctx, rule, enforcements, neighbour, 3);
  await expectOneExecutionEach(ctx, rule, enforcements);
  const fires = (await occurrencesOf(ctx, rule)).map(({ firedAt }) => firedAt);
  expect(fires.filter((firedAt) => firedAt > disabledAt + ctx.slackMs('mark'))).toEqual([]);
  expectPeriod(ctx, await occurrencesOf(ctx, neighbour), neighbour.updated, PERIOD_MS);
  if (!ctx.canProve('timers.preview')) return;
  expect(await ctx.client.rules.get(rule.ref)).toMatchObject({ timer_state: 'off', next_fire_at: null });
});

/** How long an execution runs: more than a period, so that one runs when its rule is disabled. */
const HOLD_MS = 3_000;
const RUNNING = [...NEEDS, 'executions.intervals'];

claim.concurrent('T3.2d', RUNNING, 'what runs when its timer rule is disabled completes', async (ctx) => {
  await ctx.pack('e2e');
  ctx.plan(HOLD_MS);
  const hold = { hold_ms: HOLD_MS };
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD, { action: 'delay-then-echo', actionParams: hold });

  await enableUntil(ctx, rule, firesToReach(2, ctx.client, rule.ref));
  const disabledAt = platformClock(ctx).now();

  const executions = await expectOneExecutionEach(ctx, rule, await enforcementsOf(ctx, rule), hold);
  const intervals = executions.map(recordedInterval);
  expect(intervals.filter(({ start, finish }) => start < disabledAt && disabledAt < finish)).not.toEqual([]);
});

/**
 * The enforcements besides `before` are of these fires, one each, and none is older than
 * `since`.
 */
const expectEnforced = async (
  ctx: Context,
  rule: TimerRule,
  fires: readonly Occurrence[],
  { before, since }: { before: readonly number[]; since: string },
) => {
  const all = await ctx.client.enforcements.list({ rule_ref: rule.ref });
  const later = all.filter(({ id }) => !before.includes(id)).sort((a, b) => a.id - b.id);
  expect(later.map(({ event }) => event)).toEqual(fires.map(({ event }) => event.id));
  expect(later.filter(({ created }) => parseInstant(created) < parseInstant(since))).toEqual([]);
};

claim.concurrent('T3.2b', NEEDS, 'a rule that is enabled again repeats no missed fire', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  await enableUntil(ctx, rule, executionsToReach(1, ctx, rule));
  const before = await enforcementsOf(ctx, rule);
  await expectNoMore(ctx, rule, before, neighbour, 2);
  const firesBefore = await fireCount(ctx, rule);
  const again = await enableForExecutions(ctx, rule, before.length + 2);

  const fires = (await occurrencesOf(ctx, rule)).slice(firesBefore);
  expectPeriod(ctx, fires, again.updated, PERIOD_MS);
  expectFiresWithin(ctx, fires.length, again);
  const executed = fires.slice(0, again.executed - before.length);
  await expectEnforced(ctx, rule, executed, { before, since: again.updated });
  expect(runsOf(ctx, 'rule')).toBe(again.executed);
});

claim.concurrent('T3.2c', NEEDS, 'a removed timer rule fires no more', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(1, ctx, rule), ctx.deadline);
  await ctx.client.rules.remove(rule.ref);

  const enforcements = await enforcementsOf(ctx, rule);
  await expectNoMore(ctx, rule, enforcements, neighbour, 3);
  await expect(ctx.client.rules.get(rule.ref)).rejects.toMatchObject({ status: 404 });
  await expectOneExecutionEach(ctx, rule, enforcements);
  const occurrences = await occurrencesOf(ctx, rule);
  expect(occurrences.map(({ payload }) => payload.execution_count)).toEqual(numbersUpTo(occurrences.length));
  expectPeriod(ctx, await occurrencesOf(ctx, neighbour), neighbour.updated, PERIOD_MS);
});

claim.concurrent('T3.2e', NEEDS, 'the executions of a removed timer rule stay as they were', async (ctx) => {
  await ctx.pack('e2e');
  const { client } = ctx;
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  await client.rules.enable(rule.ref);
  await until(executionsToReach(1, ctx, rule), ctx.deadline);
  const completed = await client.executions.list({ rule_ref: rule.ref, status: 'completed' });
  const read = () => readExecutions(ctx, completed);
  const before = await read();

  await client.rules.remove(rule.ref);

  expect(await read()).toStrictEqual(before);
  const params = { ...ctx.ledgerInput('rule'), nonce: ctx.nonce };
  expect(before.map(echoedParameters)).toEqual(completed.map(() => params));
  await expectOneExecutionEach(ctx, rule, await enforcementsOf(ctx, rule));
});
