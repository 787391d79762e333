// Spec: an interval timer creates one event, enforcement and execution per period, on schedule.
import { checkUpperBound } from '../../../helpers/scenario/upper-bound';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { expectNotEarly } from '../../../helpers/scenario/expectations';
import { parseInstant } from '../../../helpers/instant';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  disableBetweenFires,
  eventChain,
  EVERY_SECOND,
  executionsToReach,
  fireCount,
  firesToReach,
  occurrencesOf,
  timerRule,
  numbersUpTo,
} from '../../../helpers/scenario/resources/timer-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['timers.interval', 'ledger.shared'];
const PERIOD_MS = 1_000;

/** Periods from the activation to fire number `k`; the first fire has number 1. */
const periodsTo = ({ facts }: Context, k: number): number =>
  facts.choices.intervalFirstFire === 'after-one' ? k : k - 1;

/** When the first `n` fires of a timer that was activated at this instant are due, epoch ms. */
const dueInstants = (ctx: Context, activated: number, n: number): number[] =>
  numbersUpTo(n).map((k) => activated + periodsTo(ctx, k) * PERIOD_MS);

claim.concurrent('T1.1a', NEEDS, 'each fire creates one event, one enforcement and one execution', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_SECOND);
  const neighbour = await timerRule(ctx, 'interval', EVERY_SECOND, { label: 'neighbour' });

  const enableSentAt = performance.now();
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(3, ctx, rule), ctx.deadline);
  await disableBetweenFires(ctx, rule, PERIOD_MS);
  const enabledMs = performance.now() - enableSentAt;
  const n = await fireCount(ctx, rule);
  await ctx.client.rules.enable(neighbour.ref);
  const fence = firesToReach(2, ctx.client, neighbour.ref);
  await stays(() => fireCount(ctx, rule), n, fence, ctx.quietMs, ctx.deadline);

  await until(executionsToBe('completed', n, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const occurrences = await occurrencesOf(ctx, rule);
  const chain = await eventChain(
    ctx,
    rule,
    occurrences.map(({ event }) => event),
  );
  expect(chain).toMatchObject({ enforced: numbersUpTo(n), executed: numbersUpTo(n) });
  const params = await Promise.all(chain.ids.map(async (id) => echoedParameters(await ctx.client.executions.get(id))));
  expect(params).toEqual(numbersUpTo(n).map(() => ({ ...ctx.ledgerInput('rule'), nonce: ctx.nonce })));
  expect(runsOf(ctx, 'rule')).toBe(n);
  expectNotEarly(occurrences, dueInstants(ctx, parseInstant(updated), n));
  expect(periodsTo(ctx, n)).toBeLessThanOrEqual(Math.floor(enabledMs / PERIOD_MS));
});

claim.concurrent('T1.1b', NEEDS, 'five consecutive fires keep the period without drift or burst', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_SECOND);

  const activated = parseInstant((await ctx.client.rules.enable(rule.ref)).updated);
  await until(executionsToReach(5, ctx, rule), ctx.deadline);
  await disableBetweenFires(ctx, rule, PERIOD_MS);
  const n = await fireCount(ctx, rule);
  await until(executionsToBe('completed', n, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  expect(runsOf(ctx, 'rule')).toBe(n);

  const firstFive = (await occurrencesOf(ctx, rule)).slice(0, 5);
  const [first = NaN, ...laterFires] = firstFive.map(({ firedAt }) => firedAt);
  const slack = ctx.slackMs('mark');
  expect(firstFive.map(({ payload }) => payload.execution_count)).toEqual([1, 2, 3, 4, 5]);
  const due = dueInstants(ctx, activated, 5);
  expectNotEarly(firstFive, due);
  expect(checkUpperBound(first, due[0]! + ctx.facts.choices.timerPickupMs, slack, PERIOD_MS)).toBe('within');
  const lateness = laterFires.map((firedAt, index) =>
    checkUpperBound(firedAt, first + (index + 1) * PERIOD_MS, slack, PERIOD_MS),
  );
  expect(lateness).toEqual(['within', 'within', 'within', 'within']);
  const drift = firstFive[4]!.firedAt - first - 4 * PERIOD_MS;
  expect(checkUpperBound(drift, 0, slack, PERIOD_MS)).toBe('within');
});
