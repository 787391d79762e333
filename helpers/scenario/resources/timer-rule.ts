import type { Event } from '../../../contract/events';
import type { JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import type { Rule } from '../../../contract/rules';
import { isTerminal } from '../../../contract/status';
import type { Client } from '../../client/client';
import { executionToEnd } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { executionTree } from '../evidence';
import { parseInstant } from '../../instant';
import { until, type Condition } from '../polling';
import { platformClock, type PlatformClock } from './platform-clock';

export const TIMERS = {
  interval: 'core.intervaltimer',
  cron: 'core.crontimer',
  date: 'core.datetimetimer',
  recurrence: 'core.rruletimer',
} as const;

export const EVERY_SECOND = { unit: 'seconds', interval: 1 };
/** Time for an execution of the rule to end during cleanup, ms. */
const EXECUTION_END_MS = 8_000;

export type TimerRule = Awaited<ReturnType<typeof timerRule>>;

export interface TimerRuleParts {
  readonly label?: string;
  readonly enabled?: boolean;
  /** True: the criteria match no event, for tests about events only. */
  readonly matchesNothing?: boolean;
}

/**
 * Creates a rule on a timer trigger, disabled by default. Its executions return their parameters
 * and write to the ledger under `label`. Cleanup disables the rule, waits for its executions, and
 * removes it.
 */
export async function timerRule(
  ctx: Context,
  kind: keyof typeof TIMERS,
  params: JsonObject,
  { label = 'rule', enabled = false, matchesNothing = false }: TimerRuleParts = {},
): Promise<Rule> {
  const { client } = ctx;
  const action = ctx.action('echo-params');
  const packRef = await ctx.ownPack();
  const rule = await client.rules.create({
    ...{ ref: `${packRef}.${ctx.name(label)}`, pack_ref: packRef, label, enabled },
    ...{
      trigger_ref: TIMERS[kind],
      trigger_params: params,
      ...(matchesNothing && { conditions: { expression: 'false' } }),
    },
    ...{ action_ref: action, action_params: { ...ctx.ledgerInput(label), nonce: ctx.nonce } },
  });
  ctx.defer(() => client.rules.remove(rule.ref));
  ctx.defer(async () => {
    for (const { id } of await client.executions.list({ rule_ref: rule.ref })) {
      await until(executionToEnd(client, id), performance.now() + EXECUTION_END_MS);
    }
  });
  ctx.defer(() => client.rules.disable(rule.ref));
  return rule;
}

/** Sets the schedule of a rule and enables it, in one request. */
export const armTimer = ({ client }: Context, { ref }: Rule, params: JsonObject): Promise<Rule> =>
  client.rules.update(ref, { trigger_params: params, enabled: true });

/**
 * Disables a rule whose timer has this period, ms, at a moment without a pending fire: an event
 * whose rule is disabled before it is evaluated has no execution.
 */
export async function disableBetweenFires(ctx: Context, { ref }: Rule, periodMs: number): Promise<void> {
  await until(noFireToBePending(ctx, ref, periodMs, platformClock(ctx)), ctx.deadline);
  await ctx.client.rules.disable(ref);
}

const noFireToBePending = (
  { client }: Context,
  ref: string,
  periodMs: number,
  clock: PlatformClock,
): Condition<true> => ({
  name: `every fire of ${ref} to have its execution, and the next one to be half a period away`,
  check: async () => {
    const events = await client.events.list({ rule_ref: ref });
    const executions = await client.executions.list({ rule_ref: ref });
    const ageMs = clock.now() - Math.max(...events.map(({ created }) => parseInstant(created)));
    if (executions.length === events.length && ageMs < periodMs / 2) return { is: 'met', value: true };
    const counts = `${events.length} events, ${executions.length} executions`;
    return { is: 'pending', why: `${counts}, the last fire was ${ageMs.toFixed(0)} ms ago` };
  },
});

/** A date that never comes during a run: the schedule of a rule that is armed later. */
export const FAR_FUTURE = { fire_at: '2099-12-31T23:59:59Z' };

/** How far ahead an instant must be for this host to arm the timer in time, ms. */
export const leadMs = (ctx: Context, nominalMs: number): number => nominalMs + ctx.slackMs('run');

/** One fire of a timer, read from its event. Instants are epoch ms. */
export interface Occurrence {
  readonly event: Event;
  readonly payload: JsonObject;
  readonly firedAt: number;
  /** When the platform stored the event. */
  readonly storedAt: number;
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
    storedAt: parseInstant(event.created),
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
    return length >= n ? { is: 'met', value: length } : { is: 'pending', why: `${length} of ${n}` };
  },
  evidence: async () => JSON.stringify(await client.rules.get(ref), null, 1),
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
    return { is: 'pending', why: `${completed} of ${n}` };
  },
  evidence: async () => {
    const executions = await client.executions.list({ rule_ref: ref });
    return (await Promise.all(executions.map(({ id }) => executionTree(client, id)))).join('\n');
  },
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
