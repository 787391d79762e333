import type { Event } from '../../../contract/events';
import type { JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import { isTerminal } from '../../../contract/status';
import type { Client } from '../../client/client';
import { nullOn404 } from '../../client/null-on-not-found';
import { executionToEnd } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { ruleRecord } from '../evidence/rules';
import { parseInstant } from '../../instant';
import { changesFor } from '../run-changes';
import { rowsToReach, rowsToAppear } from '../change-filters';
import { until, type Condition } from '../polling';

export const TIMERS = {
  interval: 'core.intervaltimer',
  cron: 'core.crontimer',
  date: 'core.datetimetimer',
  recurrence: 'core.rruletimer',
} as const;

export const EVERY_SECOND = { unit: 'seconds', interval: 1 };
/** Time for an execution of the rule to end during cleanup, ms. */
const EXECUTION_END_MS = 30_000;

export type TimerRule = Awaited<ReturnType<typeof timerRule>>;

export interface TriggerRuleParts {
  readonly label?: string;
  readonly enabled?: boolean;
  /** True: the criteria match no event, for tests about events only. */
  readonly matchesNothing?: boolean;
  /** The name of an action of the selected packs, or a ref; by default `echo-params`. */
  readonly action?: string;
  /** Parameters of the action, besides the key, the ledger and the nonce. */
  readonly actionParams?: JsonObject;
}

/** Creates a rule on a timer trigger, as `ruleOfTrigger` does. */
export const timerRule = (
  ctx: Context,
  kind: keyof typeof TIMERS,
  params: JsonObject,
  parts: TriggerRuleParts = {},
): Promise<Rule> => ruleOfTrigger(ctx, TIMERS[kind], params, parts);

/**
 * Creates a rule on a trigger, disabled by default. Its executions return their parameters and
 * write to the ledger under `label`. Cleanup disables the rule, waits for its executions, and
 * removes it, unless the test has removed it.
 */
export async function ruleOfTrigger(
  ctx: Context,
  triggerRef: string,
  params: JsonObject,
  { label = 'rule', enabled = false, matchesNothing = false, action = 'echo-params', actionParams }: TriggerRuleParts,
): Promise<Rule> {
  const { client } = ctx;
  const packRef = await ctx.ownPack();
  const rule = await client.rules.create({
    ref: `${packRef}.${ctx.name(label)}`,
    pack_ref: packRef,
    label,
    enabled,
    trigger_ref: triggerRef,
    trigger_params: params,
    ...(matchesNothing && { conditions: { expression: 'false' } }),
    action_ref: ctx.action(action),
    action_params: { ...ctx.ledgerInput(label), nonce: ctx.nonce, ...actionParams },
  });
  ctx.defer(() => nullOn404(client.rules.remove(rule.ref)));
  ctx.defer(async () => {
    for (const { id, status } of await client.executions.list({ rule_ref: rule.ref })) {
      if (!isTerminal(status)) await until(executionToEnd(client, id), performance.now() + EXECUTION_END_MS);
    }
  });
  ctx.defer(() => nullOn404(client.rules.disable(rule.ref)));
  return rule;
}

/** Sets the schedule of a rule and enables it, in one request. */
export const armTimer = (ctx: Context, { ref }: Rule, params: JsonObject): Promise<Rule> =>
  ctx.client.rules.update(ref, { trigger_params: params, enabled: true });

/** A date that never comes during a run: the schedule of a rule that is armed later. */
export const FAR_FUTURE = { fire_at: '2099-12-31T23:59:59Z' };

/** One fire of a timer, read from its event. Instants are epoch ms. */
export interface Occurrence {
  readonly event: Event;
  readonly payload: JsonObject;
  readonly firedAt: number;
  /** `scheduled_at` or `fire_at`; NaN for a kind without either. */
  readonly plannedAt: number;
}

/** Every fire of a rule's timer so far, oldest first. */
export async function occurrencesOf({ client }: Context, { ref }: Rule): Promise<Occurrence[]> {
  const rows = (await client.events.list({ rule_ref: ref })).sort((a, b) => a.id - b.id);
  return Promise.all(rows.map(async ({ id }) => toOccurrence(await client.events.get(id))));
}

function toOccurrence(event: Event): Occurrence {
  const payload = isObject(event.payload) ? event.payload : {};
  const toInstant = (value: unknown) => (typeof value === 'string' ? parseInstant(value) : NaN);
  return {
    event,
    payload,
    firedAt: toInstant(payload.fired_at),
    plannedAt: toInstant(payload.scheduled_at ?? payload.fire_at),
  };
}

/** Number of fires of the timer. */
export const fireCount = async ({ client }: Context, { ref }: Rule): Promise<number> =>
  (await client.events.list({ rule_ref: ref })).length;

/**
 * The timer has fired at least `n` times; a busy host may check late. The value is the number of
 * fires.
 */
export const firesToReach = (n: number, client: Client, ref: string): Condition<number> => ({
  name: `${n} fires of ${ref}`,
  check: async () => {
    const { length } = await client.events.list({ rule_ref: ref });
    if (length >= n) return { is: 'met', value: length };
    const changedBy = changesFor(client, rowsToAppear(n - length, 'event', { rule_ref: ref }));
    return { is: 'pending', why: `${length} of ${n}`, changedBy };
  },
  evidence: () => ruleRecord(client, ref),
});

/**
 * At least `n` executions of the rule have completed. Impossible once one ended in another status.
 */
export const executionsToReach = (n: number, { client }: Context, { ref }: Rule): Condition<number> => ({
  name: `${n} executions of ${ref} to be completed`,
  check: async () => {
    const executions = await client.executions.list({ rule_ref: ref });
    const wrongEnd = executions.find(({ status }) => status !== 'completed' && isTerminal(status));
    if (wrongEnd) return { is: 'impossible', why: `${wrongEnd.id} ended ${wrongEnd.status}` };
    const completed = executions.filter(({ status }) => status === 'completed').length;
    if (completed >= n) return { is: 'met', value: completed };
    const changedBy = changesFor(client, rowsToReach(n - completed, 'completed', { rule_ref: ref }));
    return { is: 'pending', why: `${completed} of ${n}`, changedBy };
  },
  evidence: () => ruleRecord(client, ref),
});

/**
 * For each enforcement, and for each execution, the number of its event in `events`, 1 the first;
 * rows oldest first.
 */
export async function eventChain({ client }: Context, rule: Rule, events: readonly Event[]) {
  const byId = <T extends { id: number }>(rows: T[]): T[] => rows.sort((a, b) => a.id - b.id);
  const enforcements = byId(await client.enforcements.list({ rule_ref: rule.ref }));
  const executions = byId(await client.executions.list({ rule_ref: rule.ref }));
  const eventNumber = (event: number | null | undefined) => events.findIndex(({ id }) => id === event) + 1;
  const eventOfEnforcement = (enforcement: number | null | undefined) =>
    enforcements.find(({ id }) => id === enforcement)?.event;
  return {
    enforced: enforcements.map(({ event }) => eventNumber(event)),
    executed: executions.map(({ enforcement }) => eventNumber(eventOfEnforcement(enforcement))),
    statuses: executions.map(({ status }) => status),
    ids: executions.map(({ id }) => id),
  };
}

/** `[1, 2, … n]`. */
export const numbersUpTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1);
