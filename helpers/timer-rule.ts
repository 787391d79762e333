import type { Event } from '../contract/events';
import type { JsonObject } from '../contract/json';
import { isObject } from '../contract/json';
import type { Rule } from '../contract/rules';
import { isTerminal } from '../contract/status';
import type { Client } from './client/client';
import { executionToEnd } from './conditions';
import type { Context } from './context';
import { executionTree } from './evidence';
import { instant } from './instant';
import { until, type Condition } from './polling';

export const TIMERS = {
  interval: 'core.intervaltimer',
  cron: 'core.crontimer',
  date: 'core.datetimetimer',
  recurrence: 'core.rruletimer',
} as const;

export const EACH_SECOND = { unit: 'seconds', interval: 1 };
/** How long a fixture's execution may take to end at the claim's end, ms. */
const END_MS = 8_000;

export type TimerRule = Awaited<ReturnType<typeof timerRule>>;

export interface TimerRuleParts {
  readonly label?: string;
  readonly enabled?: boolean;
  /** True: its events meet criteria that nothing meets, where only the events matter. */
  readonly inert?: boolean;
}

/**
 * A rule of a timer, switched off unless said otherwise; its executions return their parameters and sign the ledger under
 * `label`. Released last in, first out: it is switched off, what it started has ended, then it goes.
 */
export async function timerRule(
  ctx: Context,
  kind: keyof typeof TIMERS,
  params: JsonObject,
  { label = 'rule', enabled = false, inert = false }: TimerRuleParts = {},
): Promise<Rule> {
  const { client } = ctx;
  const action = ctx.action('echo-params');
  const [packRef = ''] = action.split('.');
  const rule = await client.rules.create({
    ...{ ref: `${packRef}.${ctx.name(label)}`, pack_ref: packRef, label, enabled },
    ...{ trigger_ref: TIMERS[kind], trigger_params: params, ...(inert && { conditions: { expression: 'false' } }) },
    ...{ action_ref: action, action_params: { ...ctx.signed(label), nonce: ctx.nonce } },
  });
  ctx.defer(() => client.rules.remove(rule.ref));
  ctx.defer(async () => {
    for (const { id } of await client.executions.list({ rule_ref: rule.ref })) {
      await until(executionToEnd(client, id), performance.now() + END_MS);
    }
  });
  ctx.defer(() => client.rules.disable(rule.ref));
  return rule;
}

/** Gives a rule its schedule and switches it on, in one request. */
export const arm = ({ client }: Context, { ref }: Rule, params: JsonObject): Promise<Rule> =>
  client.rules.update(ref, { trigger_params: params, enabled: true });

/** A date that no run will see: the schedule of a rule that is armed later. */
export const FAR = { fire_at: '2099-12-31T23:59:59Z' };

/** How far ahead an instant must lie so that its timer is armed by then on this host, ms. */
export const leadMs = (ctx: Context, nominalMs: number): number => nominalMs + ctx.slackMs('run');

/** One occurrence of a timer, as its event tells it. Instants: epoch ms. */
export interface Occurrence {
  readonly event: Event;
  readonly payload: JsonObject;
  readonly firedAt: number;
  /** `scheduled_at` or `fire_at`; NaN where the kind has none. */
  readonly plannedAt: number;
}

/** Every occurrence of a rule's timer so far, oldest first. */
export async function occurrencesOf({ client }: Context, { ref }: Rule): Promise<Occurrence[]> {
  const rows = (await client.events.list({ rule_ref: ref })).sort((a, b) => a.id - b.id);
  return Promise.all(rows.map(async ({ id }) => occurrence(await client.events.get(id))));
}

function occurrence(event: Event): Occurrence {
  const payload = isObject(event.payload) ? event.payload : {};
  const at = (value: unknown) => (typeof value === 'string' ? instant(value) : NaN);
  return {
    event,
    payload,
    firedAt: at(payload.fired_at),
    plannedAt: at(payload.scheduled_at ?? payload.fire_at),
  };
}

/** How often the timer has fired. */
export const fires = async ({ client }: Context, { ref }: Rule): Promise<number> =>
  (await client.events.list({ rule_ref: ref })).length;

/** It has fired so often, or more: a busy host may look late. The value is how often. */
export const firesToReach = (n: number, client: Client, ref: string): Condition<number> => ({
  name: `${n} fires of ${ref}`,
  look: async () => {
    const { length } = await client.events.list({ rule_ref: ref });
    return length >= n ? { is: 'met', value: length } : { is: 'pending', why: `${length} of ${n}` };
  },
  evidence: async () => JSON.stringify(await client.rules.get(ref), null, 1),
});

/** At least so many executions have completed: enough to look at. Impossible once one ended otherwise. */
export const executionsToReach = (n: number, { client }: Context, { ref }: Rule): Condition<number> => ({
  name: `${n} executions of ${ref} to be completed`,
  look: async () => {
    const seen = await client.executions.list({ rule_ref: ref });
    const lost = seen.find(({ status }) => status !== 'completed' && isTerminal(status));
    if (lost) return { is: 'impossible', why: `${lost.id} ended ${lost.status}` };
    const completed = seen.filter(({ status }) => status === 'completed').length;
    if (completed >= n) return { is: 'met', value: completed };
    return { is: 'pending', why: `${completed} of ${n}` };
  },
  evidence: async () => {
    const seen = await client.executions.list({ rule_ref: ref });
    return (await Promise.all(seen.map(({ id }) => executionTree(client, id)))).join('\n');
  },
});

/** Which event each enforcement is for, and which enforcement each execution, oldest first: by the number of the event. */
export async function chainOf({ client }: Context, rule: Rule, events: readonly Event[]) {
  const byId = <T extends { id: number }>(rows: T[]): T[] => rows.sort((a, b) => a.id - b.id);
  const enforcements = byId(await client.enforcements.list({ rule_ref: rule.ref }));
  const executions = byId(await client.executions.list({ rule_ref: rule.ref }));
  const numberOf = (event: number | null | undefined) => events.findIndex(({ id }) => id === event) + 1;
  const eventOf = (enforcement: number | null | undefined) => enforcements.find(({ id }) => id === enforcement)?.event;
  return {
    enforced: enforcements.map(({ event }) => numberOf(event)),
    executed: executions.map(({ enforcement }) => numberOf(eventOf(enforcement))),
    statuses: executions.map(({ status }) => status),
    ids: executions.map(({ id }) => id),
  };
}

/** `[1, 2, … n]`. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1);
