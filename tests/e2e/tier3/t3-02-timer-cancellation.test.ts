// Spec: an interval timer stops with its rule, and starts a new period when the rule is enabled.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { parseInstant } from '../../../helpers/instant';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import { stays, until } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { platformClock } from '../../../helpers/scenario/resources/platform-clock';
import {
  completedExecutions,
  disableBetweenFires,
  executionsToReach,
  fireCount,
  firesToReach,
  numbersUpTo,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { EVERY_PERIOD, expectPeriod, PERIOD_MS, periodsTo } from '../../../helpers/scenario/resources/interval-fires';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['timers.interval', 'ledger.shared'];

/** Ids of the rule's enforcements, oldest first; those of a removed rule, too. */
const enforcementsOf = async ({ client }: Context, { ref }: TimerRule): Promise<number[]> =>
  (await client.enforcements.list({ rule_ref: ref })).map(({ id }) => id).sort((a, b) => a - b);

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

/** How long an execution runs: more than a period, so that one runs when its rule is disabled. */
const HOLD_MS = 3_000;
const HOLDING = { action: 'hold-then-echo', actionParams: { hold_ms: HOLD_MS } };

claim.concurrent(
  'T3.2a',
  [...NEEDS, 'executions.intervals'],
  'a disabled timer rule creates no enforcement',
  async (ctx) => {
    await ctx.pack('e2e');
    ctx.plan(HOLD_MS);
    const rule = await timerRule(ctx, 'interval', EVERY_PERIOD, HOLDING);
    const neighbour = await startNeighbour(ctx);

    await ctx.client.rules.enable(rule.ref);
    await until(firesToReach(2, ctx.client, rule.ref), ctx.deadline);
    await disableBetweenFires(ctx, rule, PERIOD_MS);
    const disabledAt = platformClock(ctx).now();
    const enforcements = await enforcementsOf(ctx, rule);
    await expectNoMore(ctx, rule, enforcements, neighbour, 3);

    const filter = { rule_ref: rule.ref };
    const executions = await until(executionsToBe('completed', enforcements.length, ctx.client, filter), ctx.deadline);
    const ranThen = executions
      .map(recordedInterval)
      .filter(({ start, finish }) => start < disabledAt && disabledAt < finish);
    expect(ranThen).not.toEqual([]);
    const params = await Promise.all(
      executions.map(async ({ id }) => echoedParameters(await ctx.client.executions.get(id))),
    );
    expect(params).toEqual(executions.map(() => ({ ...ctx.ledgerInput('rule'), nonce: ctx.nonce, hold_ms: HOLD_MS })));
    expect(runsOf(ctx, 'rule')).toBe(executions.length);
    const fires = (await occurrencesOf(ctx, rule)).map(({ firedAt }) => firedAt);
    expect(fires.filter((firedAt) => firedAt > disabledAt + ctx.slackMs('mark'))).toEqual([]);
    expectPeriod(ctx, await occurrencesOf(ctx, neighbour), neighbour.updated, PERIOD_MS);
    if (!ctx.canProve('timers.preview')) return;
    expect(await ctx.client.rules.get(rule.ref)).toMatchObject({ timer_state: 'off', next_fire_at: null });
  },
);

claim.concurrent('T3.2b', NEEDS, 'a rule that is enabled again repeats no missed fire', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(1, ctx, rule), ctx.deadline);
  await disableBetweenFires(ctx, rule, PERIOD_MS);
  const enforcements = await enforcementsOf(ctx, rule);
  await expectNoMore(ctx, rule, enforcements, neighbour, 2);

  const [eventsBefore, executionsBefore] = [await fireCount(ctx, rule), enforcements.length];
  const enableSentAt = performance.now();
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(executionsBefore + 2, ctx, rule), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);
  const enabledMs = performance.now() - enableSentAt;
  const n = (await completedExecutions(ctx, rule, executionsBefore + 2)) - executionsBefore;

  const fires = (await occurrencesOf(ctx, rule)).slice(eventsBefore);
  expectPeriod(ctx, fires, updated, PERIOD_MS);
  expect(periodsTo(ctx, fires.length)).toBeLessThanOrEqual(Math.floor(enabledMs / PERIOD_MS));
  const later = (await ctx.client.enforcements.list({ rule_ref: rule.ref }))
    .filter(({ id }) => !enforcements.includes(id))
    .sort((a, b) => a.id - b.id);
  expect(later.map(({ event }) => event)).toEqual(fires.slice(0, n).map(({ event }) => event.id));
  expect(later.filter(({ created }) => parseInstant(created) < parseInstant(updated))).toEqual([]);
  expect(runsOf(ctx, 'rule')).toBe(executionsBefore + n);
});

claim.concurrent('T3.2c', NEEDS, 'a removed timer rule fires no more and its executions stay', async (ctx) => {
  await ctx.pack('e2e');
  const { client } = ctx;
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  await client.rules.enable(rule.ref);
  await until(executionsToReach(1, ctx, rule), ctx.deadline);
  const before = await client.executions.list({ rule_ref: rule.ref, status: 'completed' });
  const read = () => Promise.all(before.map(({ id }) => client.executions.get(id)));
  const contents = await read();
  await client.rules.remove(rule.ref);
  const enforcements = await enforcementsOf(ctx, rule);
  await expectNoMore(ctx, rule, enforcements, neighbour, 3);

  await expect(client.rules.get(rule.ref)).rejects.toMatchObject({ status: 404 });
  const filter = { rule_ref: rule.ref };
  const executions = await until(executionsToBe('completed', enforcements.length, client, filter), ctx.deadline);
  expect(await read()).toStrictEqual(contents);
  expect(contents.map(echoedParameters)).toEqual(before.map(() => ({ ...ctx.ledgerInput('rule'), nonce: ctx.nonce })));
  expect(executions.map(({ enforcement }) => enforcement)).toEqual(enforcements);
  expect(runsOf(ctx, 'rule')).toBe(enforcements.length);
  const occurrences = await occurrencesOf(ctx, rule);
  expect(occurrences.map(({ payload }) => payload.execution_count)).toEqual(numbersUpTo(occurrences.length));
  expectPeriod(ctx, await occurrencesOf(ctx, neighbour), neighbour.updated, PERIOD_MS);
});
