import type { OwnerType } from '../../../../contract/keys';
import type { Client } from '../../../../helpers/client/client';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import type { Row } from './row';
import type { TwinTenant } from './tenant-twins';

/** Objects of users: what belongs to an identity, a pack or an execution. */
export interface ListedObjects {
  readonly inquiries: readonly Row[];
  readonly keys: readonly Row[];
  /** With `executions`, which wrote a version. */
  readonly artifacts: readonly Row[];
  /** Of the first artifact. */
  readonly versions: readonly Row[];
  readonly items: readonly Row[];
  readonly identities: readonly Row[];
  readonly assignments: readonly Row[];
  readonly tokens: readonly Row[];
  readonly indices: readonly Row[];
}

const PACK = 'list';
const QUEUE = 'waiting';

/** Two identities beside the administrator, the first with two roles and two permission sets. */
async function createIdentities({ client, adminId, slug }: TwinTenant) {
  const { identities, permissions, integrationTokens } = client;
  const create = (login: string, display_name: string | null) =>
    identities.create({ login: `${login}-${slug}`, display_name });
  const [second, first] = [await create('b', 'Second'), await create('a', null)];
  for (const role of ['two', 'one']) await identities.addRole(second.id, role);
  const sets = ['core.viewer', 'core.admin'];
  for (const permission_set_ref of sets) await permissions.assign({ identity_id: second.id, permission_set_ref });
  await identities.freeze(first.id);
  for (const label of ['one', 'two', 'three'])
    await integrationTokens.create(second.id, { label, description: `token ${label}` });
  return { first: first.id, second: second.id, all: [adminId, first.id, second.id] };
}

/** Five executions that have ended, each with an inquiry; the third one has a default response. */
async function createInquiries({ client, ctx, adminId }: TwinTenant, other: number) {
  const { executions, inquiries } = client;
  const bodies = [
    { prompt: 'answered', assigned_to: adminId, timeout_seconds: 60 },
    { prompt: 'open', assigned_to: adminId, timeout_seconds: 90 },
    { prompt: 'expired', assigned_to: other, timeout_seconds: 0.5, default_response: 'none' },
    { prompt: 'open, too', assigned_to: other },
    { prompt: 'cancelled', assigned_to: null },
  ];
  const ids: number[] = [];
  for (const body of bodies) {
    const { id: execution } = await executions.execute({ action_ref: 'core.noop' });
    ids.push((await inquiries.create({ ...body, execution })).id);
  }
  const [answered, , , , cancelled] = ids;
  await client.clock.advance({ by: 1 });
  await inquiries.respond(answered!, { approved: true });
  await inquiries.update(cancelled!, { status: 'cancelled' });
  const rows = await Promise.all(ids.map(async (id, at) => ({ ...(await inquiries.get(id)), ...bodies[at] })));
  await Promise.all(rows.map(({ execution }) => until(executionToBe('completed', client, execution), ctx.deadline)));
  return rows;
}

async function createKeys({ client, adminId }: TwinTenant): Promise<Row[]> {
  const own = (ref: string, owner_type: OwnerType) => ({
    ref,
    name: `name ${ref}`,
    value: ref,
    owner_type,
    encrypted: false,
  });
  const bodies = [
    { ...own('key-system', 'system'), encrypted: true },
    { ...own('key-pack', 'pack'), owner_pack_ref: PACK },
    { ...own('key-own', 'identity'), owner_identity: adminId },
    { ...own('key-admin', 'identity'), owner_identity: adminId, encrypted: true },
    { ...own('key-action', 'action'), owner_action_ref: `${PACK}.a` },
  ];
  for (const body of bodies) await client.keys.create(body);
  return Promise.all(bodies.map(async (body) => ({ ...(await client.keys.get(body.ref)), ...body })));
}

/** Artifacts in two scopes, two of them with versions of executions, and what these logged. */
async function createArtifacts({ client, adminId }: TwinTenant, executions: readonly number[]) {
  const { artifacts } = client;
  const bodies = [
    { ref: 'list.one', scope: 'pack', owner: PACK, type: 'file_text', visibility: 'private', name: 'Report One' },
    { ref: 'list.two', scope: 'pack', owner: PACK, type: 'progress', visibility: 'public', name: 'report two' },
    { ref: 'list.three', scope: 'identity', owner: String(adminId), type: 'url', visibility: 'private', name: null },
    {
      ref: 'list.four',
      scope: 'identity',
      owner: String(adminId),
      type: 'file_text',
      visibility: 'public',
      name: 'other',
    },
  ] as const;
  const created = [];
  for (const { name, ...body } of bodies)
    created.push(await artifacts.create({ ...body, ...(name !== null && { name }) }));
  const [one, , , four] = created;
  for (const [id, execution] of [
    [one!.id, executions[0]],
    [one!.id, executions[1]],
    [four!.id, executions[1]],
  ] as const)
    await artifacts.addVersion(id, { content: { of: execution! }, execution: execution! });
  const logs = await Promise.all(executions.map((execution) => artifacts.ofExecution(execution)));
  const executionsOf = (artifact: number) => executions.filter((_, at) => logs[at]!.some(({ id }) => id === artifact));
  const ids = [...new Set([...created, ...logs.flat()].map(({ id }) => id))];
  const rows = await Promise.all(
    ids.map(async (id, at) => ({ ...(await artifacts.get(id)), ...bodies[at], executions: executionsOf(id) })),
  );
  return { rows, versions: await Promise.all([1, 2].map((version) => artifacts.version(one!.id, version))) };
}

/** Items of a queue that dispatches nothing; the first ones have one priority. */
async function createItems({ client }: TwinTenant): Promise<Row[]> {
  const { queues } = client;
  await queues.create({ ref: QUEUE, label: QUEUE, dispatch_action_ref: `${PACK}.a`, enabled: false });
  const bodies = [
    { payload: 1, item_key: 'key', priority: 5 },
    { payload: 2, item_key: 'keys', priority: 5, metadata: { n: 2 } },
    { payload: 3, item_key: null, priority: 9 },
    { payload: 4, item_key: 'key', priority: 5 },
    { payload: 5, item_key: 'other', priority: 1 },
  ];
  const rows: Row[] = [];
  for (const body of bodies) rows.push({ ...(await queues.enqueue(QUEUE, body)), ...body });
  return rows;
}

async function createIndices({ client: { packIndices } }: TwinTenant): Promise<Row[]> {
  const index = (name: string, position: number) => ({
    name,
    position,
    url: `https://${name}.example.com/index.json`,
    enabled: false,
  });
  const bodies = [index('third', 2), index('first', 1), index('second', 1)];
  const rows: Row[] = [];
  for (const body of bodies) rows.push({ ...(await packIndices.create(body)), ...body });
  return rows;
}

export async function createListedObjects(tenant: TwinTenant): Promise<ListedObjects> {
  const { client } = tenant;
  await client.packs.create({ ref: PACK, label: PACK, version: '1.0.0' });
  await client.actions.create({
    ref: `${PACK}.a`,
    pack_ref: PACK,
    label: 'a',
    entrypoint: 'true',
    runtime_ref: 'core.shell',
  });
  const { second, all } = await createIdentities(tenant);
  const inquiries = await createInquiries(tenant, second);
  const [keys, artifacts, items, indices] = await Promise.all([
    createKeys(tenant),
    createArtifacts(
      tenant,
      inquiries.map(({ execution }) => execution),
    ),
    createItems(tenant),
    createIndices(tenant),
  ]);
  return {
    keys,
    items,
    indices,
    inquiries,
    artifacts: artifacts.rows,
    versions: artifacts.versions,
    ...(await readIdentities(client, all, second)),
  };
}

async function readIdentities(client: Client, ids: readonly number[], holder: number) {
  const identities = await Promise.all(ids.map((id) => client.identities.get(id)));
  return {
    identities: identities.map((row) => ({ ...row, roles: row.roles.map(({ role }) => role) })),
    assignments: identities.find(({ id }) => id === holder)!.direct_permissions,
    tokens: await client.integrationTokens.list(holder),
  };
}
