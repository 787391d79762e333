import type { JsonObject } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/context';
import { enforcementsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../../helpers/scenario/polling';
import type { TestTenant } from '../../../../helpers/scenario/resources/test-tenant';

/** A pack of a tenant, and the values that are stored under its schemas. */
export interface SecretWorld {
  readonly ctx: Context;
  readonly tenant: TestTenant;
  readonly pack: string;
  readonly values: { readonly token: string; readonly open: string };
}

/** What declares a secret, and what is stored under that. */
export interface StoredSecret {
  /** The path of what declares it. */
  readonly owner: string;
  /** The same without the declaration. */
  readonly change: JsonObject;
  /** Paths that show what is stored. */
  readonly shown: readonly string[];
}

const text = { type: 'string' };

/** Parameters with this one on each level, and an open one. */
const parametersWith = (token: JsonObject): JsonObject => ({
  token,
  open: text,
  inside: { type: 'object', properties: { token } },
  list: { type: 'array', items: { type: 'object', properties: { token } } },
  texts: { type: 'array', items: token },
});
const SECRET = parametersWith({ ...text, secret: true });
const OPEN = parametersWith(text);
const set = { op: 'set', value: OPEN };
const TASKS = [{ name: 'one', action: 'core.noop' }];

/** Values of the parameters. */
const storedIn = ({ values: { token, open } }: SecretWorld): JsonObject => ({
  token,
  open,
  inside: { token },
  list: [{ token }],
  texts: [token],
});

const inPack = ({ pack: pack_ref }: SecretWorld, label: string) => ({ ref: `${pack_ref}.${label}`, pack_ref, label });

const createAction = async (world: SecretWorld, name: string): Promise<string> => {
  const program = { runtime_ref: 'core.shell', entrypoint: 'true', param_schema: SECRET };
  return (await world.tenant.client.actions.create({ ...inPack(world, name), ...program })).ref;
};

const createTrigger = async (world: SecretWorld, name: string, schemas: object = {}) =>
  world.tenant.client.triggers.create({ ...inPack(world, `${name}-trigger`), ...schemas });

/** Stored as parameters of a rule, of a queue, and as the input of a task. */
async function store(world: SecretWorld, name: string, action_ref: string): Promise<string[]> {
  const { client } = world.tenant;
  const trigger_ref = (await createTrigger(world, name)).ref;
  const params = { action_params: storedIn(world) };
  const rule = await client.rules.create({ ...inPack(world, `${name}-rule`), action_ref, trigger_ref, ...params });
  const queue = { ref: `${rule.ref}-queue`, label: 'queue', dispatch_action_ref: action_ref, enabled: false };
  await client.queues.create({ ...queue, ...params });
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: action_ref, input: storedIn(world) }] };
  const flow = await client.workflows.create({ ...inPack(world, `${name}-caller`), version: '1.0.0', definition });
  return [`/rules/${rule.ref}`, `/queues/${queue.ref}`, `/workflows/${flow.ref}`];
}

type Create = (world: SecretWorld, name: string) => Promise<StoredSecret>;

/** A workflow that declares its parameters here, which the change takes back. */
const workflowWith =
  (declare: (schema: JsonObject) => JsonObject): Create =>
  async (world, name) => {
    const of = (schema: JsonObject) => ({ definition: { version: '1.0.0', tasks: TASKS }, ...declare(schema) });
    const body = { ...inPack(world, name), version: '1.0.0', ...of(SECRET) };
    const { ref } = await world.tenant.client.workflows.create(body);
    return { owner: `/workflows/${ref}`, change: of(OPEN), shown: await store(world, name, ref) };
  };

/** An event of a trigger, and its enforcement. */
const createEvent: Create = async (world, name) => {
  const { ctx, tenant } = world;
  const { ref: trigger_ref } = await createTrigger(world, name, { out_schema: SECRET });
  const { webhook_key: key } = await tenant.client.triggers.enableWebhook(trigger_ref);
  await tenant.client.rules.create({ ...inPack(world, `${name}-rule`), action_ref: 'core.noop', trigger_ref });
  const { event_id: id } = await tenant.client.webhooks.post(key!, storedIn(world));
  const [enforcement] = await until(enforcementsToBe(1, tenant.client, { event: id }), ctx.deadline);
  const shown = [`/events/${id}`, `/enforcements/${enforcement!.id}`];
  return { owner: `/triggers/${trigger_ref}`, change: { out_schema: set }, shown };
};

/** Each kind of schema that declares a secret, with all that is stored under it. */
export const DECLARED_BY: Readonly<Record<string, Create>> = {
  'an action': async (world, name) => {
    const ref = await createAction(world, name);
    return { owner: `/actions/${ref}`, change: { param_schema: OPEN }, shown: await store(world, name, ref) };
  },
  'a workflow': workflowWith((param_schema) => ({ param_schema })),
  'a definition': workflowWith((parameters) => ({ definition: { version: '1.0.0', parameters, tasks: TASKS } })),
  'a trigger, of its parameters': async (world, name) => {
    const { ref: trigger_ref } = await createTrigger(world, name, { param_schema: SECRET });
    const parts = { action_ref: 'core.noop', trigger_ref, trigger_params: storedIn(world) };
    const rule = await world.tenant.client.rules.create({ ...inPack(world, `${name}-rule`), ...parts });
    return { owner: `/triggers/${trigger_ref}`, change: { param_schema: set }, shown: [`/rules/${rule.ref}`] };
  },
  'a trigger, of its payloads': createEvent,
  'a queue': async (world, name) => {
    const { queues } = world.tenant.client;
    const dispatch_action_ref = await createAction(world, name); // items reach declared parameters alone
    const body = { ref: `${world.pack}-${name}`, label: name, dispatch_action_ref, enabled: false };
    const { ref } = await queues.create({ ...body, item_schema: SECRET });
    await queues.enqueue(ref, { payload: storedIn(world) });
    return { owner: `/queues/${ref}`, change: { item_schema: OPEN }, shown: [`/queues/${ref}/items`] };
  },
};
