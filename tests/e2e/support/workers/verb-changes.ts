import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import {
  createExternalAgent,
  createPollingAgent,
  stateChanges,
  statesToBe,
  type ExternalAgent,
} from './external-agent';

/** Of agents that become silent. */
const SILENT = { heartbeat_timeout_seconds: 0.5 };

export const enterPaused = async (ctx: Context, body = {}): Promise<ExternalAgent> => {
  const external = await createPollingAgent(ctx, body);
  await ctx.client.tenantWorkers.pause(external.id);
  return external;
};

/** How a worker gets into each state; those of `silent` had their last heartbeat long before. */
const ENTER = {
  awaiting_agent: (ctx: Context) => createExternalAgent(ctx),
  online: (ctx: Context) => createPollingAgent(ctx),
  paused: (ctx: Context) => enterPaused(ctx),
  'paused and silent': async (ctx: Context) => {
    const external = await enterPaused(ctx, SILENT);
    const isSilent = async () => (await ctx.client.workers.get(external.id)).heartbeat_age_seconds! >= 1;
    await until(predicateToHold('its last heartbeat to be old', isSilent), ctx.deadline);
    return external;
  },
  offline: async (ctx: Context) => {
    const external = await createPollingAgent(ctx, SILENT);
    await until(statesToBe(['awaiting_agent', 'online', 'offline'], ctx.client, external.id), ctx.deadline);
    return external;
  },
};

type Verb = 'register' | 'heartbeat' | 'dispatch' | 'pause' | 'resume' | 'remove';

const apply = ({ client }: Context, { id, agent }: ExternalAgent, verb: Verb): Promise<unknown> => {
  if (verb === 'register') return agent.register(id, { delivery_mode: 'poll' });
  if (verb === 'heartbeat') return agent.heartbeat(id);
  if (verb === 'dispatch') return client.tenantWorkers.dispatch(id, { action_ref: 'core.noop' });
  return client.tenantWorkers[verb](id);
};

/** A state, a verb, and the state and status that follow. */
const ROWS: readonly (readonly [keyof typeof ENTER, Verb, string, string])[] = [
  ['awaiting_agent', 'register', 'online', 'active'],
  ['awaiting_agent', 'remove', 'removed', 'inactive'],
  ['online', 'heartbeat', 'online', 'active'],
  ['online', 'dispatch', 'online', 'active'],
  ['online', 'pause', 'paused', 'inactive'],
  ['online', 'remove', 'removed', 'inactive'],
  ['paused', 'heartbeat', 'paused', 'inactive'],
  ['paused', 'resume', 'online', 'active'],
  ['paused', 'remove', 'removed', 'inactive'],
  ['paused and silent', 'resume', 'awaiting_agent', 'inactive'],
  ['offline', 'heartbeat', 'online', 'active'],
  ['offline', 'dispatch', 'offline', 'inactive'],
  ['offline', 'remove', 'removed', 'inactive'],
];

/** Applies the verb of each row to a worker of its own. Returns what followed, and what must. */
export async function applyVerbs(ctx: Context) {
  const found = await Promise.all(
    ROWS.map(async ([from, verb]) => {
      const external = await ENTER[from](ctx);
      const before = (await stateChanges(ctx.client, external.id)).length;
      await apply(ctx, external, verb);
      const { state, status } = await ctx.client.workers.get(external.id);
      const changes = (await stateChanges(ctx.client, external.id)).slice(before).map(({ to, cause }) => [to, cause]);
      return [from, verb, state, status === 'busy' ? 'active' : status, changes];
    }),
  );
  const causeOf = (verb: Verb): string => (verb === 'remove' ? 'delete' : verb);
  const expected = ROWS.map(([from, verb, to, status]) => [
    ...[from, verb, to, status, from.split(' ')[0] === to ? [] : [[to, causeOf(verb)]]],
  ]);
  return { found, expected };
}
