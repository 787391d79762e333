import { createClient, type Client } from '../../../../helpers/client/client';
import { executionToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { eventDecisionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { randomName } from '../../../../helpers/scenario/names';
import { until } from '../../../../helpers/scenario/polling';
import { currentRunFacts } from '../../../../helpers/target/run-facts';

/** One object of every kind that routes and bodies refer to, by ref or by id. */
export interface FixtureIds {
  readonly client: Client;
  readonly directory: string;
  readonly pack: string;
  readonly packId: number;
  /** One that is not searched. */
  readonly packIndex: number;
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
  /** An encrypted one. */
  readonly sealedKey: string;
  readonly execution: number;
  readonly runningExecution: number;
  readonly artifact: number;
  readonly artifactRef: string;
  /** Of another artifact. */
  readonly uploadedRef: string;
  readonly event: number;
  readonly enforcement: number;
  readonly correlation: string;
  readonly inquiry: number;
  readonly queue: string;
  readonly identity: number;
  readonly login: string;
  readonly role: number;
  readonly set: string;
  readonly setId: number;
  readonly setRole: number;
  readonly assignment: number;
  /** An external one, registered. */
  readonly worker: number;
}

/** An object that a route or a body can refer to. */
export type FixtureName = Exclude<keyof FixtureIds, 'client' | 'directory'>;

const FIXTURE_WAIT_MS = 20_000;
const PASSWORD = 'Matrix-pass-1';

const fixtureDeadline = () => performance.now() + FIXTURE_WAIT_MS;
const waitForEnd = (client: Client, id: number) => until(executionToEnd(client, id), fixtureDeadline());
export const randomText = () => randomName(10);

/** A new component of the pack, as the requests that create one name it. */
export const componentOf = (pack: string, name = randomText()) => ({
  ref: `${pack}.${name}`,
  pack_ref: pack,
  label: name,
});

export const ONE_TASK = { definition: { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] } };

/** Creates an inquiry for an execution of its own. */
async function makeInquiry({ client }: Pick<FixtureIds, 'client'>): Promise<number> {
  const { id } = await client.executions.execute({ action_ref: 'core.noop' });
  return (await client.inquiries.create({ execution: id, prompt: 'Approve?' })).id;
}

export async function makeIdentity({ client }: Pick<FixtureIds, 'client'>): Promise<{ id: number; login: string }> {
  return client.identities.create({ login: `${randomText()}@example.test`, password: PASSWORD });
}

/** Factories of new objects, for calls that would remove or disable the shared one. */
export const FIXTURE_FACTORIES: Readonly<
  Partial<Record<FixtureName, (fixtures: FixtureIds) => Promise<string | number>>>
> = {
  pack: async ({ client, directory }) =>
    (await uploadFixture(client, 'e2e-tenant', `m-${randomText()}`, directory)).ref,
  packIndex: (fixtures) => makePackIndex(fixtures),
  action: async (fixtures) => {
    const ref = `${fixtures.pack}.${randomText()}`;
    const { client } = fixtures;
    return (
      await client.actions.create({
        ref,
        pack_ref: fixtures.pack,
        label: ref,
        entrypoint: 'true',
        runtime_ref: 'core.shell',
      })
    ).ref;
  },
  workflow: (fixtures) => makeWorkflow(fixtures, randomText()),
  trigger: async ({ client, pack }) => (await client.triggers.create(componentOf(pack))).ref,
  sensor: (fixtures) => makeSensor(fixtures, randomText()).then(({ ref }) => ref),
  rule: (fixtures) => makeRule(fixtures, randomText()).then(({ ref }) => ref),
  runtime: async ({ client, pack }) => {
    const ref = `${pack}.${randomText()}`;
    return (
      await client.runtimes.create({ ref, pack_ref: pack, name: 'made', distributions: {}, execution_config: {} })
    ).ref;
  },
  key: (fixtures) => makeKey(fixtures, false),
  sealedKey: (fixtures) => makeKey(fixtures, true),
  identity: (fixtures) => makeIdentity(fixtures).then(({ id }) => id),
  role: async (fixtures) =>
    (await fixtures.client.identities.addRole((await makeIdentity(fixtures)).id, randomText())).id,
  setRole: async ({ client, setId }) => (await client.permissions.addSetToRole(setId, randomText())).id,
  assignment: async (fixtures) => {
    const { id } = await makeIdentity(fixtures);
    return (await fixtures.client.permissions.assign({ identity_id: id, permission_set_ref: fixtures.set })).id;
  },
  artifact: makeArtifact,
  inquiry: makeInquiry,
  queue: makeQueue,
  worker: makeWorker,
};

async function makeKey({ client }: Pick<FixtureIds, 'client'>, encrypted: boolean): Promise<string> {
  const key = { ref: randomText(), name: randomText(), owner_type: 'system', value: 1, encrypted } as const;
  return (await client.keys.create(key)).ref;
}

/** One with a version. */
async function makeArtifact({ client, pack }: Pick<FixtureIds, 'client' | 'pack'>): Promise<number> {
  const { artifact } = await client.artifacts.uploadByRef(`m.${randomText()}`, Buffer.from('x'), {
    scope: 'pack',
    owner: pack,
  });
  return artifact;
}

/** A disabled one, with an item. */
async function makeQueue({ client, action }: Pick<FixtureIds, 'client' | 'action'>): Promise<string> {
  const name = { ref: `q${randomText()}`, label: 'made' };
  const { ref } = await client.queues.create({ ...name, dispatch_action_ref: action, enabled: false });
  await client.queues.enqueue(ref, { payload: 1 });
  return ref;
}

async function makeWorker({ client }: Pick<FixtureIds, 'client'>): Promise<number> {
  const { id, token } = await client.tenantWorkers.createExternal();
  const { tenantWorkers: agent } = createClient({ baseUrl: currentRunFacts().url, token });
  await agent.register(id, { delivery_mode: 'poll' });
  return id;
}

async function makeWorkflow({ client, pack }: Pick<FixtureIds, 'client' | 'pack'>, name: string): Promise<string> {
  return (await client.workflows.create({ ...componentOf(pack, name), version: '1.0.0', ...ONE_TASK })).ref;
}

export const NEW_INDEX = { url: 'https://index.example.com/packs.json', enabled: false };
const makePackIndex = async ({ client }: Pick<FixtureIds, 'client'>): Promise<number> =>
  (await client.packIndices.create(NEW_INDEX)).id;

const makeSensor = ({ client, pack, trigger }: Pick<FixtureIds, 'client' | 'pack' | 'trigger'>, name: string) =>
  client.sensors.create({
    ...componentOf(pack, name),
    trigger_ref: trigger,
    enabled: false,
    entrypoint: 'none.sh',
    runtime_ref: 'core.shell',
  });

const makeRule = (
  { client, pack, trigger, action }: Pick<FixtureIds, 'client' | 'pack' | 'trigger' | 'action'>,
  name: string,
) => client.rules.create({ ...componentOf(pack, name), trigger_ref: trigger, action_ref: action });

/** Creates the fixtures of a tenant with its admin's client. `directory`: for temporary files. */
export async function createFixtures(client: Client, directory: string): Promise<FixtureIds> {
  const { ref: pack, id: packId } = await uploadFixture(client, 'e2e-tenant', `m-${randomText()}`, directory);
  const action = `${pack}.greet`;
  const packFixtures = { client, directory, pack, packId, action, runtime: `${pack}.own` };
  const created = {
    ...packFixtures,
    ...(await createAutomation(packFixtures)),
    ...(await createIdentity(client, `${pack}.readers`)),
  };
  const greeting = await client.executions.execute({ action_ref: action });
  const sleeping = await client.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 3_600 } });
  await waitForEnd(client, greeting.id);
  const inquiry = await makeInquiry({ client });
  await client.inquiries.respond(inquiry, 'yes');
  const [log] = await client.artifacts.ofExecution(greeting.id);
  const { id: actionId } = await client.actions.get(action);
  const { id: runtimeId } = await client.runtimes.get(packFixtures.runtime);
  const { ref: uploadedRef } = await client.artifacts.get(await makeArtifact({ client, pack }));
  const artifactFixtures = { artifact: log!.id, artifactRef: log!.ref, uploadedRef };
  return {
    ...created,
    ...artifactFixtures,
    actionId,
    runtimeId,
    execution: greeting.id,
    runningExecution: sleeping.id,
    inquiry,
    queue: await makeQueue({ client, action }),
    worker: await makeWorker({ client }),
    packIndex: await makePackIndex({ client }),
  };
}

/** A trigger with its sensor, rule, webhook and one event. */
async function createAutomation(parts: Pick<FixtureIds, 'client' | 'pack' | 'action'>) {
  const { client, pack } = parts;
  const ref = `${pack}.hook`;
  const { id: triggerId } = await client.triggers.create({ ref, pack_ref: pack, label: 'hook' });
  const ruleFixtures = { ...parts, trigger: ref };
  const [rule, sensor, workflow, hook] = await Promise.all([
    makeRule(ruleFixtures, 'rule'),
    makeSensor(ruleFixtures, 'sensor'),
    makeWorkflow(parts, 'flow'),
    client.triggers.enableWebhook(ref),
  ]);
  const key = await client.keys.create({
    ref: `${pack}.key`,
    name: randomText(),
    owner_type: 'system',
    value: randomText(),
  });
  const { event_id: event } = await client.webhooks.post(hook.webhook_key ?? '', { word: pack });
  await until(eventDecisionsToBe(1, client, event), fixtureDeadline());
  const [enforcement] = await client.enforcements.list({ event });
  return {
    trigger: ref,
    triggerId,
    rule: rule.ref,
    ruleId: rule.id,
    sensor: sensor.ref,
    sensorId: sensor.id,
    workflow,
    key: key.ref,
    sealedKey: await makeKey(parts, true),
    event,
    enforcement: enforcement!.id,
    correlation: `event:${event}`,
  };
}

/** An identity with a role and a permission set, and the set with a role. */
async function createIdentity(client: Client, set: string) {
  const { id: identity, login } = await makeIdentity({ client });
  const setId = (await client.permissions.sets()).find(({ ref }) => ref === set)!.id;
  const [role, setRole, assignment] = await Promise.all([
    client.identities.addRole(identity, randomText()),
    client.permissions.addSetToRole(setId, randomText()),
    client.permissions.assign({ identity_id: identity, permission_set_ref: set }),
  ]);
  return { identity, login, set, setId, role: role.id, setRole: setRole.id, assignment: assignment.id };
}
