import { isTerminal } from '../../../../contract/status';
import { createClient, logIn, type Client } from '../../../../helpers/client/client';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import type { Row } from './row';
import { createRunComponents, PACK, type RunComponents } from './run-components';
import type { TwinTenant } from './tenant-twins';

/** Events, what they caused, and executions that users requested. */
export interface Runs {
  readonly events: readonly Row[];
  readonly enforcements: readonly Row[];
  /** With the refs of rule and trigger, which GET by id does not show. */
  readonly executions: readonly Row[];
}

/** How many rows of each a tenant has: one execution is of each status, and others have ended. */
const COUNTS = { executions: 14, running: 2 };

/** Waits until the tenant has so many executions, of which `running` have not ended. */
const waitForExecutions = ({ client, ctx }: TwinTenant, { executions, running }: typeof COUNTS) => {
  const read = async () => (await client.executions.list({})).map(({ id, status }) => [id, status] as const);
  const haveEnded = async () => {
    const statuses = (await read()).map(([, status]) => status);
    return statuses.length === executions && statuses.filter((status) => !isTerminal(status)).length === running;
  };
  return until(
    predicateToHold('the executions to end', haveEnded, async () => JSON.stringify(await read())),
    ctx.deadline,
  );
};

/** The events of two sensors, two of them for one rule only. */
async function createEvents({ client, ctx }: TwinTenant, { hook, hooks, one, two, rules }: RunComponents) {
  const asSensor = async (sensor_ref: string): Promise<Client['events']> => {
    const { token } = await client.auth.sensorToken({ sensor_ref, trigger_types: [hook.ref, hooks.ref] });
    return createClient({ baseUrl: ctx.facts.url, token }).events;
  };
  const [first, second] = await Promise.all([asSensor(one.ref), asSensor(two.ref)]);
  const boundTo = ({ id }: { id: number }) => ({ trigger_ref: hook.ref, trigger_instance_id: `rule_${id}` });
  return [
    (await first.create({ trigger_ref: hook.ref, payload: { n: 1 } })).id,
    (await first.create(boundTo(rules.one))).id,
    (await second.create({ trigger_ref: hooks.ref, payload: { n: 3 } })).id,
    (await second.create({ ...boundTo(rules.exiting), payload: { n: 4 } })).id,
  ];
}

/** Those of a second user. */
async function requestAsOther({ client, ctx, slug }: TwinTenant): Promise<void> {
  const credentials = { login: `${slug}-second@example.test`, password: 'Second-pass-1' };
  const { id } = await client.identities.create(credentials);
  await client.permissions.assign({ identity_id: id, permission_set_ref: 'core.admin' });
  const other = await logIn({ baseUrl: ctx.facts.url }, credentials.login, credentials.password);
  await other.client.executions.execute({ action_ref: `${PACK}.run` });
  await other.client.executions.execute({ action_ref: `${PACK}s.run` });
}

/**
 * All rows of the tenant, at two instants. Of two workflows that wait, the first has ended at the
 * second instant.
 */
export async function createRuns(tenant: TwinTenant): Promise<Runs> {
  const { client } = tenant;
  const components = await createRunComponents(tenant);
  await client.executions.execute({ action_ref: `${PACK}.wait` });
  await client.executions.execute({ action_ref: `${PACK}.wait` });
  const events = await createEvents(tenant, components);
  await waitForExecutions(tenant, { executions: 10, running: 4 });
  await client.clock.advance({ by: 1 });
  const { event_id: last } = await client.webhooks.post(components.hooks.webhook_key!, {});
  await requestAsOther(tenant);
  await answerFirst(client);
  await waitForExecutions(tenant, COUNTS);
  return readRuns(client, [...events, last]);
}

async function answerFirst(client: Client): Promise<void> {
  const inquiries = await client.inquiries.list();
  await client.inquiries.respond(Math.min(...inquiries.map(({ id }) => id)), { approved: true });
}

async function readRuns(client: Client, eventIds: readonly number[]): Promise<Runs> {
  const decisions = (await Promise.all(eventIds.map((id) => client.events.decisions(id)))).flat();
  const enforcementIds = decisions.flatMap(({ enforcement }) => (enforcement === null ? [] : [enforcement]));
  const enforcements = await Promise.all(enforcementIds.map((id) => client.enforcements.get(id)));
  const executionIds = (await client.executions.list({})).map(({ id }) => id);
  const executions = await Promise.all(executionIds.map((id) => client.executions.get(id)));
  const refsOf = (enforcement: number | null) => {
    const { rule_ref = null, trigger_ref = null } = enforcements.find(({ id }) => id === enforcement) ?? {};
    return { rule_ref, trigger_ref };
  };
  return {
    events: await Promise.all(eventIds.map((id) => client.events.get(id))),
    enforcements,
    executions: executions.map((row) => ({ ...row, ...refsOf(row.enforcement) })),
  };
}
