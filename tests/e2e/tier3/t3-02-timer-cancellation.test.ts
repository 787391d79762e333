// Spec: an interval timer stops with its rule, and starts a new period when the rule is enabled.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { parseInstant, secondsBetween } from '../../../helpers/instant';
import { recordedInterval, sortedAscending } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { readExecutions } from '../../../helpers/scenario/resources/ended-executions';
import {
  fireCount,
  firesToReach,
  numbersUpTo,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { EVERY_PERIOD } from '../../../helpers/scenario/resources/interval-fires';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { isTimeVirtual } from '../../../helpers/target/run-switches';
import { expectEveryPeriod, fireTimes, PERIOD } from '../../../helpers/scenario/time/interval-periods';

const NEEDS = ['timers.interval', 'ledger.shared'];

/** Ids of the rule's enforcements, oldest first; those of a removed rule, too. */
const enforcementsOf = async ({ client }: Context, { ref }: TimerRule): Promise<number[]> =>
  sortedAscending((await client.enforcements.list({ rule_ref: ref })).map(({ id }) => id));

/** An enabled timer of the same period, which goes on when the other one stops. */
const startNeighbour = (ctx: Context): Promise<TimerRule> =>
  timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'neighbour', matchesNothing: true, enabled: true });

/** Nothing of the rule is added for `n` periods, in which its neighbour goes on. */
const expectSilence = async (ctx: TimeContext, rule: TimerRule, n: number, neighbour: TimerRule) => {
  const recordsOf = async () => [await enforcementsOf(ctx, rule), await fireCount(ctx, rule)];
  const before = await fireCount(ctx, neighbour);
  await ctx.time.expectNothingFor(n * PERIOD, recordsOf);
  await until(firesToReach(before + n, ctx.client, neighbour.ref), ctx.deadline);
  expectEveryPeriod(ctx, await occurrencesOf(ctx, neighbour), neighbour.updated);
};

/**
 * Those that started something. In real time, the rule may be disabled between the match and its
 * decision.
 */
async function processedOf(ctx: Context, { ref }: TimerRule, enforcements: number[]): Promise<number[]> {
  if (isTimeVirtual(ctx.facts)) return enforcements;
  const idsOf = async (status: 'created' | 'processed') =>
    (await ctx.client.enforcements.list({ rule_ref: ref, status })).map(({ id }) => id);
  const areDecided = async () => (await idsOf('created')).length === 0;
  await until(predicateToHold('the enforcements to be decided', areDecided), ctx.deadline);
  const processed = await idsOf('processed');
  return enforcements.filter((id) => processed.includes(id));
}

/** Each of these enforcements has one execution, which completed. */
const completedOf = async (ctx: Context, rule: TimerRule, enforcements: number[]) => {
  const ofRule = { rule_ref: rule.ref };
  const processed = await processedOf(ctx, rule, enforcements);
  const executions = await until(executionsToBe('completed', processed.length, ctx.client, ofRule), ctx.deadline);
  expect(executions.map(({ enforcement }) => enforcement)).toEqual(processed);
  expect(runsOf(ctx, 'rule')).toBe(executions.length);
  return executions;
};

/** The same, with the rule's parameters. */
const expectOneExecutionEach = async (ctx: Context, rule: TimerRule, enforcements: number[]) => {
  const whole = await readExecutions(ctx, await completedOf(ctx, rule, enforcements));
  const params = { ...ctx.ledgerInput('rule'), nonce: ctx.nonce };
  expect(whole.map(echoedParameters)).toEqual(whole.map(() => params));
};

claim.time('T3.2a', NEEDS, 'a disabled timer rule creates no enforcement', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  await fireTimes(ctx, rule, 2);
  await ctx.client.rules.disable(rule.ref);

  const enforcements = await enforcementsOf(ctx, rule);
  await expectSilence(ctx, rule, 3, neighbour);
  await expectOneExecutionEach(ctx, rule, enforcements);
  if (!ctx.canProve('timers.preview')) return;
  expect(await ctx.client.rules.get(rule.ref)).toMatchObject({ timer_state: 'off', next_fire_at: null });
});

const RUNNING = [...NEEDS, 'executions.intervals'];
/** Processes that meet: more than the rule starts, so that they wait until the test joins them. */
const ROOM_SIZE = 10;

claim.time('T3.2d', RUNNING, 'what runs when its timer rule is disabled completes', async (ctx) => {
  await ctx.pack('e2e');
  const room = `${ctx.ledger.path}.room`;
  mkdirSync(room);
  chmodSync(room, 0o777); // the process may have another user
  const actionParams = { room, n: ROOM_SIZE, hold_ms: 0, item: ctx.nonce };
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD, { action: 'wait-for-peers', actionParams });

  await ctx.client.rules.enable(rule.ref);
  await ctx.time.pass(PERIOD, { settle: false });
  const hasStarted = predicateToHold('a process of the rule to start', () => runsOf(ctx, 'rule') > 0);
  await until(hasStarted, ctx.deadline);
  await ctx.time.pass(PERIOD / 4, { settle: false });
  await ctx.client.rules.disable(rule.ref);
  const disabledAt = parseInstant(await ctx.time.now());
  await ctx.time.pass(PERIOD / 4, { settle: false });
  for (const n of numbersUpTo(ROOM_SIZE)) writeFileSync(join(room, `test-${n}`), '');

  const executions = await completedOf(ctx, rule, await enforcementsOf(ctx, rule));
  const intervals = executions.map(recordedInterval);
  expect(intervals.filter(({ start, finish }) => start < disabledAt && disabledAt < finish)).not.toEqual([]);
  const results = (await readExecutions(ctx, executions)).map(({ result }) => result);
  expect(results).toMatchObject(executions.map(() => ({ data: { item: ctx.nonce } })));
});

claim.time('T3.2b', NEEDS, 'a rule that is enabled again repeats no missed fire', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  await fireTimes(ctx, rule, 1);
  await ctx.client.rules.disable(rule.ref);
  const before = await enforcementsOf(ctx, rule);
  await expectSilence(ctx, rule, 2, neighbour);
  const firesBefore = await fireCount(ctx, rule);
  const updated = await fireTimes(ctx, rule, 2, { executed: before.length });
  await ctx.client.rules.disable(rule.ref);

  const fires = (await occurrencesOf(ctx, rule)).slice(firesBefore);
  expectEveryPeriod(ctx, fires, updated);
  const later = (await ctx.client.enforcements.list({ rule_ref: rule.ref })).filter(({ id }) => !before.includes(id));
  const enforced = fires.slice(0, later.length).map(({ event }) => event.id);
  expect(sortedAscending(later.map(({ event }) => event ?? 0))).toEqual(enforced);
  expect(later.filter(({ created }) => parseInstant(created) < parseInstant(updated))).toEqual([]);
  await expectOneExecutionEach(ctx, rule, await enforcementsOf(ctx, rule));
});

claim.time('T3.2c', NEEDS, 'a removed timer rule fires no more', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await startNeighbour(ctx);

  const updated = await fireTimes(ctx, rule, 1);
  await ctx.client.rules.remove(rule.ref);

  const enforcements = await enforcementsOf(ctx, rule);
  await expectSilence(ctx, rule, 3, neighbour);
  await expect(ctx.client.rules.get(rule.ref)).rejects.toMatchObject({ status: 404 });
  await expectOneExecutionEach(ctx, rule, enforcements);
  expectEveryPeriod(ctx, await occurrencesOf(ctx, rule), updated);
});

claim.time('T3.2e', NEEDS, 'the executions of a removed timer rule stay as they were', async (ctx) => {
  await ctx.pack('e2e');
  const { client } = ctx;
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  await fireTimes(ctx, rule, 1);
  const completed = await client.executions.list({ rule_ref: rule.ref, status: 'completed' });
  const read = () => readExecutions(ctx, completed);
  const before = await read();

  await client.rules.remove(rule.ref);

  expect(await read()).toStrictEqual(before);
  await expectOneExecutionEach(ctx, rule, await enforcementsOf(ctx, rule));
});

claim.time(
  'T3.2f',
  [...NEEDS, 'timers.preview'],
  'a new schedule starts a new phase, another change none',
  async (ctx) => {
    await ctx.pack('e2e');
    const { rules } = ctx.client;
    const rule = await timerRule(ctx, 'interval', EVERY_PERIOD, { matchesNothing: true, enabled: true });
    const start = parseInstant(rule.updated);

    await ctx.time.pass(1.5 * PERIOD);
    await until(firesToReach(1, ctx.client, rule.ref), ctx.deadline);
    const renamed = await rules.update(rule.ref, {
      label: 'renamed',
      conditions: { expression: 'false' },
    });
    await ctx.time.pass(PERIOD);
    await until(firesToReach(2, ctx.client, rule.ref), ctx.deadline);
    const changed = await rules.update(rule.ref, { trigger_params: { unit: 'seconds', interval: 3 * PERIOD } });
    await ctx.time.pass(3 * PERIOD);
    await until(firesToReach(3, ctx.client, rule.ref), ctx.deadline);

    expect(parseInstant(renamed.next_fire_at!) - start).toBe(2_000 * PERIOD);
    expect(secondsBetween(changed.updated, changed.next_fire_at!)).toBe(3 * PERIOD);
    const counts = (await occurrencesOf(ctx, rule)).map(({ payload }) => payload.execution_count);
    expect(counts).toEqual([1, 2, 1]);
  },
);
