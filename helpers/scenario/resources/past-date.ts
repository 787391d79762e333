import type { Rule } from '../../../contract/rules';
import { ApiError } from '../../errors';
import { executionsToBe } from '../conditions/event-conditions';
import type { Context } from '../context';
import { stays, until, type Condition } from '../polling';
import { fireCount } from './timer-rule';
import { runCounts } from './workflow-runs';

/** By declared policy: whether a past instant is accepted, and how often its rule fires. */
const POLICIES = {
  never: { accepted: true, fires: 0 },
  'fire-once': { accepted: true, fires: 1 },
  reject: { accepted: false, fires: 0 },
} as const;

/** The response to a request with a past instant; null if it was rejected and named the field. */
export async function nullIfRejected(request: Promise<Rule>): Promise<Rule | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiError && error.status < 500 && error.message.includes('fire_at')) return null;
    throw error;
  }
}

/** Rules whose requests named a past instant, by label; null where the request was rejected. */
export type PastRules = Readonly<Record<string, Rule | null>>;

/** They follow the declared policy until after the fence, by their events and executions. */
export async function expectPastPolicy(ctx: Context, rules: PastRules, fence: Condition<unknown>): Promise<void> {
  const policy = POLICIES[ctx.facts.choices.pastDate];
  const labels = Object.keys(rules);
  const byLabel = <T>(value: T): Record<string, T> => Object.fromEntries(labels.map((label) => [label, value]));
  const accepted = labels.map((label): [string, boolean] => [label, rules[label] !== null]);
  expect(Object.fromEntries(accepted)).toEqual(byLabel(policy.accepted));

  const stored = acceptedRules(rules);
  const fires = () => Promise.all(stored.map((rule) => fireCount(ctx, rule)));
  await stays(fires, Array<number>(stored.length).fill(policy.fires), fence, ctx.quietMs, ctx.deadline);
  for (const { ref } of stored) {
    await until(executionsToBe('completed', policy.fires, ctx.client, { rule_ref: ref }), ctx.deadline);
  }
  expect(runCounts(ctx, ...labels)).toEqual(byLabel(policy.fires));
}

/** The platform shows that none of their timers will fire. */
export async function expectNothingPlanned(ctx: Context, rules: PastRules): Promise<void> {
  const stored = await Promise.all(acceptedRules(rules).map(({ ref }) => ctx.client.rules.get(ref)));
  const policy = POLICIES[ctx.facts.choices.pastDate];
  expect(stored.map(({ next_fire_at: at }) => at)).toEqual(stored.map(() => null));
  if (policy.fires > 0) return; // how its timer is shown then is not declared
  expect(stored.map(({ timer_state: state }) => state)).toEqual(stored.map(() => 'expired'));
}

const acceptedRules = (rules: PastRules): Rule[] =>
  Object.values(rules).flatMap((rule) => (rule === null ? [] : [rule]));
