// Spec: a tenant keeps an active identity with a password that may manage all permissions.
import { createClient, type Client } from '../../../../helpers/client/client';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import { callApi } from '../../support/api-call';
import { loggedInByToken } from '../../support/matrix/granted-callers';
import { errorSummary } from '../../support/raw-request';

const ROLE = 'administrators';

const OF_IDENTITIES = { resource: 'identities', actions: ['read', 'create', 'update', 'delete'] };
const OF_PACKS = { resource: 'packs', actions: ['read', 'delete', 'install'] };
const MANAGING = [OF_IDENTITIES, { resource: 'permissions', actions: ['read', 'manage'] }];

/** An administrator by a role; its own set was taken away. */
interface World {
  readonly client: Client;
  /** Of the administrator. */
  readonly token: string;
  readonly id: number;
  /** Of a user that changes identities, and manages no permissions. */
  readonly helper: string;
  /** A set that manages one permission set alone. */
  readonly limited: string;
  /** Ids of the set of the role, of that assignment, and of that of the role. */
  readonly set: number;
  readonly setToRole: number;
  readonly role: number;
  /** The pack of the sets, whose files give them no right. */
  readonly pack: string;
}

async function createWorld(ctx: Context): Promise<World> {
  const { client, token, adminId: id, pack } = await createTestTenant(ctx, 'own');
  const { ref } = await pack('e2e-rights', ctx.name('sets'));
  const idOf = async (set: string) =>
    (await client.permissions.sets()).find((each) => each.ref === `${ref}.${set}`)!.id;
  const set = await idOf('one');
  await client.permissions.updateSet(set, { grants: MANAGING });
  await client.permissions.updateSet(await idOf('two'), { grants: [OF_IDENTITIES, OF_PACKS] });
  const ofOneSet = { resource: 'permissions', actions: ['read', 'manage'], constraints: { refs: [`${ref}.two`] } };
  await client.permissions.updateSet(await idOf('three'), { grants: [ofOneSet] });
  const { token: helper } = await loggedInByToken(client, ctx.facts.url, `${ref}.two`);
  const { id: setToRole } = await client.permissions.addSetToRole(set, ROLE);
  const { id: role } = await client.identities.addRole(id, ROLE);
  const [own] = await client.permissions.assignments(id);
  await client.permissions.unassign(own!.id);
  return { client, token, id, helper, limited: `${ref}.three`, set, setToRole, role, pack: ref };
}

type Way = (world: World) => readonly [token: string, method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object];

/** What would leave the tenant without an administrator. */
const WAYS: Readonly<Record<string, Way>> = {
  'it is removed': ({ helper, id }) => [helper, 'DELETE', `/identities/${id}`],
  'it is frozen': ({ helper, id }) => [helper, 'POST', `/identities/${id}/freeze`],
  'an update freezes it': ({ helper, id }) => [helper, 'PUT', `/identities/${id}`, { frozen: true }],
  'its role is taken away': ({ token, role }) => [token, 'DELETE', `/identities/roles/${role}`],
  'its role loses the set': ({ token, setToRole }) => [token, 'DELETE', `/permissions/sets/roles/${setToRole}`],
  'its set loses the right': ({ token, set }) => [
    token,
    'PUT',
    `/permissions/sets/${set}`,
    { grants: [OF_IDENTITIES] },
  ],
  'the pack of its set is removed': ({ helper, pack }) => [helper, 'DELETE', `/packs/${pack}`],
};

/** Registers the pack of its set again, from files that give it no right. */
function registerAgain({ facts }: Context, { helper, pack }: World) {
  const client = createClient({ baseUrl: facts.url, token: helper });
  return uploadFixture(client, 'e2e-rights', pack, `${facts.directory}/fixtures`, { force: true });
}

/** The response to each way. */
async function tryWays(world: World): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  for (const [name, way] of Object.entries(WAYS)) {
    const response = await callApi(...way(world));
    outcomes[name] = response.status < 300 ? 'done' : errorSummary(response);
  }
  return outcomes;
}

claim('T3.40a', ['rbac', 'tenants'], 'the last active administrator keeps its rights', async (ctx) => {
  const world = await createWorld(ctx);
  const { identities } = world.client;

  const again = registerAgain(ctx, world);
  await expect(again).rejects.toMatchObject({ status: 409, body: { details: { reason: 'LAST_ADMIN' } } });
  const alone = await tryWays(world);
  const { id: limited } = await loggedInByToken(world.client, ctx.facts.url, world.limited);
  await identities.update(limited, { password: 'Limited-pass-1' });
  const besideLimited = await tryWays(world);
  const { id: other } = await identities.create({ login: `${ctx.name('other')}@example.test` });
  await identities.addRole(other, ROLE);
  const besideOneWithoutPassword = await tryWays(world);
  await identities.update(other, { password: 'Other-pass-1' });
  await identities.freeze(other);
  const besideFrozen = await tryWays(world);
  await identities.unfreeze(other);
  const besideActive = await callApi(...WAYS['its role is taken away']!(world));

  const refused = Object.fromEntries(Object.keys(WAYS).map((name) => [name, [409, 'CONFLICT', 'LAST_ADMIN']]));
  const outcomes = { alone, besideLimited, besideOneWithoutPassword, besideFrozen };
  expect(outcomes).toEqual(Object.fromEntries(Object.keys(outcomes).map((name) => [name, refused])));
  expect(besideActive.status).toBe(200);
});
