import type { Client } from '../client/client';
import { executionToEnd } from '../conditions';
import { eventToBeDecided } from '../event-conditions';
import { uploadFixture } from '../fixtures';
import { randomName } from '../names';
import { until } from '../polling';

/** One of everything that routes and bodies name, as they name it: by ref, or by number. */
export interface World {
  readonly client: Client;
  readonly directory: string;
  readonly pack: string;
  readonly packId: number;
  readonly action: string;
  readonly actionId: number;
  readonly runtime: string;
  readonly runtimeId: number;
  readonly workflow: string;
  readonly trigger: string;
  readonly triggerId: number;
  readonly rule: string;
  readonly ruleId: number;
  readonly sensor: string;
  readonly sensorId: number;
  readonly key: string;
  readonly execution: number;
  readonly busy: number;
  readonly artifact: number;
  readonly artifactRef: string;
  readonly event: number;
  readonly enforcement: number;
  readonly correlation: string;
  readonly inquiry: number;
  readonly identity: number;
  readonly login: string;
  readonly role: number;
  readonly set: string;
  readonly setId: number;
  readonly setRole: number;
  readonly assignment: number;
}

/** What can be named in a route or in a body. */
export type Thing = Exclude<keyof World, 'client' | 'directory'>;

const WAIT_MS = 20_000;
const PASSWORD = 'Matrix-pass-1';

const soon = () => performance.now() + WAIT_MS;
const ended = (client: Client, id: number) => until(executionToEnd(client, id), soon());
const text = () => randomName(10);

/** A question beside an execution of its own. */
export async function makeInquiry({ client }: Pick<World, 'client'>): Promise<number> {
  const { id } = await client.executions.execute({ action_ref: 'core.noop' });
  return (await client.inquiries.create({ execution: id, prompt: 'Well?' })).id;
}

export async function makeIdentity({ client }: Pick<World, 'client'>): Promise<{ id: number; login: string }> {
  return client.identities.create({ login: `${text()}@example.test`, password: PASSWORD });
}

/** Things made anew, for calls that would take the shared one away. */
export const MAKERS: Readonly<Partial<Record<Thing, (world: World) => Promise<string | number>>>> = {
  pack: async ({ client, directory }) => (await uploadFixture(client, 'e2e-tenant', `m-${text()}`, directory)).ref,
  action: async (world) => {
    const ref = `${world.pack}.${text()}`;
    const { client } = world;
    return (
      await client.actions.create({
        ref,
        pack_ref: world.pack,
        label: ref,
        entrypoint: 'true',
        runtime_ref: 'core.shell',
      })
    ).ref;
  },
  workflow: (world) => makeWorkflow(world, text()),
  trigger: async ({ client, pack }) => {
    const ref = `${pack}.${text()}`;
    return (await client.triggers.create({ ref, pack_ref: pack, label: ref })).ref;
  },
  sensor: (world) => makeSensor(world, text()).then(({ ref }) => ref),
  rule: (world) => makeRule(world, text()).then(({ ref }) => ref),
  runtime: async ({ client, pack }) => {
    const ref = `${pack}.${text()}`;
    return (
      await client.runtimes.create({ ref, pack_ref: pack, name: 'made', distributions: {}, execution_config: {} })
    ).ref;
  },
  key: async ({ client }) =>
    (await client.keys.create({ ref: text(), name: text(), owner_type: 'system', value: 1 })).ref,
  identity: (world) => makeIdentity(world).then(({ id }) => id),
  role: async (world) => (await world.client.identities.giveRole((await makeIdentity(world)).id, text())).id,
  setRole: async ({ client, setId }) => (await client.permissions.giveSetToRole(setId, text())).id,
  assignment: async (world) => {
    const { id } = await makeIdentity(world);
    return (await world.client.permissions.assign({ identity_id: id, permission_set_ref: world.set })).id;
  },
  inquiry: makeInquiry,
};

async function makeWorkflow({ client, pack }: Pick<World, 'client' | 'pack'>, name: string): Promise<string> {
  const ref = `${pack}.${name}`;
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
  return (await client.workflows.create({ ref, pack_ref: pack, label: name, version: '1.0.0', definition })).ref;
}

const makeSensor = ({ client, pack, trigger }: Pick<World, 'client' | 'pack' | 'trigger'>, name: string) =>
  client.sensors.create({
    ...{ ref: `${pack}.${name}`, pack_ref: pack, label: name, trigger_ref: trigger, enabled: false },
    ...{ entrypoint: 'none.sh', runtime_ref: 'core.shell' },
  });

const makeRule = (
  { client, pack, trigger, action }: Pick<World, 'client' | 'pack' | 'trigger' | 'action'>,
  name: string,
) =>
  client.rules.create({
    ref: `${pack}.${name}`,
    pack_ref: pack,
    label: name,
    trigger_ref: trigger,
    action_ref: action,
  });

/** Furnishes a tenant, as its admin. `directory`: scratch, for files on their way. */
export async function furnish(client: Client, directory: string): Promise<World> {
  const { ref: pack, id: packId } = await uploadFixture(client, 'e2e-tenant', `m-${text()}`, directory);
  const action = `${pack}.greet`;
  const parts = { client, directory, pack, packId, action, runtime: `${pack}.own` };
  const made = { ...parts, ...(await automation(parts)), ...(await people(client, `${pack}.readers`)) };
  const greeting = await client.executions.execute({ action_ref: action });
  const sleeping = await client.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 3_600 } });
  await ended(client, greeting.id);
  const inquiry = await makeInquiry({ client });
  await client.inquiries.respond(inquiry, 'yes');
  const [log] = await client.artifacts.ofExecution(greeting.id);
  const { id: actionId } = await client.actions.get(action);
  const { id: runtimeId } = await client.runtimes.get(parts.runtime);
  const left = { artifact: log!.id, artifactRef: log!.ref };
  return { ...made, ...left, actionId, runtimeId, execution: greeting.id, busy: sleeping.id, inquiry };
}

/** A trigger, what brings and takes its events, and one of them. */
async function automation(parts: Pick<World, 'client' | 'pack' | 'action'>) {
  const { client, pack } = parts;
  const ref = `${pack}.hook`;
  const { id: triggerId } = await client.triggers.create({ ref, pack_ref: pack, label: 'hook' });
  const of = { ...parts, trigger: ref };
  const [rule, sensor, workflow, hook] = await Promise.all([
    makeRule(of, 'rule'),
    makeSensor(of, 'sensor'),
    makeWorkflow(parts, 'flow'),
    client.triggers.enableWebhook(ref),
  ]);
  const key = await client.keys.create({ ref: `${pack}.key`, name: text(), owner_type: 'system', value: text() });
  const { event_id: event } = await client.webhooks.post(hook.webhook_key ?? '', { word: pack });
  await until(eventToBeDecided(1, client, event), soon());
  const [enforcement] = await client.enforcements.list({ event });
  return {
    ...{ trigger: ref, triggerId, rule: rule.ref, ruleId: rule.id, sensor: sensor.ref, sensorId: sensor.id },
    ...{ workflow, key: key.ref, event, enforcement: enforcement!.id, correlation: `event:${event}` },
  };
}

/** Somebody with a role and a set, and the set with a role. */
async function people(client: Client, set: string) {
  const { id: identity, login } = await makeIdentity({ client });
  const setId = (await client.permissions.sets()).find(({ ref }) => ref === set)!.id;
  const [role, setRole, assignment] = await Promise.all([
    client.identities.giveRole(identity, text()),
    client.permissions.giveSetToRole(setId, text()),
    client.permissions.assign({ identity_id: identity, permission_set_ref: set }),
  ]);
  return { identity, login, set, setId, role: role.id, setRole: setRole.id, assignment: assignment.id };
}
