import type { ActivityEntry, Claim, CreatedExternalWorker, CreateWorker } from '../../../../contract/tenant-workers';
import type { JsonObject } from '../../../../contract/json';
import { createClient, type Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import type { Condition } from '../../../../helpers/scenario/polling';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import type { Parameters } from '../../../../helpers/scenario/resources/workflow-task';

/** An external worker of a test, and a client with the token of its agent. */
export interface ExternalAgent {
  readonly id: number;
  readonly created: CreatedExternalWorker;
  readonly agent: Client['tenantWorkers'];
}

/** Creates an external worker, which is removed after the test with what it has not finished. */
export async function createExternalAgent(
  { client, facts, defer }: Pick<Context, 'client' | 'facts' | 'defer'>,
  body: Omit<CreateWorker, 'kind'> = {},
): Promise<ExternalAgent> {
  const created = (await client.tenantWorkers.createExternal(body)) as CreatedExternalWorker;
  const { id, token } = created;
  defer(() => client.tenantWorkers.remove(id, { force: true }));
  return { id, created, agent: createClient({ baseUrl: facts.url, token }).tenantWorkers };
}

/** The same, registered: it gets its executions by polling. */
export async function createPollingAgent(
  ctx: Pick<Context, 'client' | 'facts' | 'defer'>,
  body: Omit<CreateWorker, 'kind'> = {},
): Promise<ExternalAgent> {
  const external = await createExternalAgent(ctx, body);
  await external.agent.register(external.id, { delivery_mode: 'poll' });
  return external;
}

/** Creates an action that fails wherever the platform itself runs it. Returns its ref. */
export const createAgentAction = async (ctx: Context, schema?: Parameters): Promise<string> =>
  createScriptAction(ctx, await ctx.ownPack(), 'exit 9', schema);

/** Dispatches an execution of the action to the worker. Returns the execution's id. */
export const dispatchTo = async ({ client }: Context, { id }: ExternalAgent, action_ref: string): Promise<number> =>
  (await client.tenantWorkers.dispatch(id, { action_ref })).execution_id;

const isState = ({ type }: ActivityEntry): boolean => type === 'WORKER_STATE_CHANGED';

/** Its changes of state, as `from, to, cause`. */
export const stateChanges = async (client: Client, id: number): Promise<JsonObject[]> =>
  (await client.tenantWorkers.activity(id)).filter(isState).map(({ payload }) => payload);

/** The states that it has been in, oldest first, are these. Impossible once they differ. */
export const statesToBe = (goal: readonly string[], client: Client, id: number): Condition<ActivityEntry[]> => ({
  name: `the states of worker ${id} to be ${goal.join(', ')}`,
  check: async () => {
    const entries = (await client.tenantWorkers.activity(id)).filter(isState);
    const states = entries.map(({ payload }) => payload.to as string);
    const isPrefix = states.every((state, index) => state === goal[index]);
    if (!isPrefix) return { is: 'impossible', why: `they are ${states.join(', ')}` };
    return states.length === goal.length
      ? { is: 'met', value: entries }
      : { is: 'pending', why: `they are ${states.join(', ')}` };
  },
});

/** A poll of the agent returns a claim. */
export const pollToClaim = ({ agent, id }: ExternalAgent): Condition<Claim> => ({
  name: `a poll of worker ${id} to return an execution`,
  check: async () => {
    const [claim] = await agent.claim(id);
    return claim ? { is: 'met', value: claim } : { is: 'pending', why: 'the queue is empty' };
  },
});
