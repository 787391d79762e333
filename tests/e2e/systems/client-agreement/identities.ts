import { mkdirSync, writeFileSync } from 'node:fs';
import { logIn } from '../../../../helpers/client/client';
import { createTestUser } from '../../../../helpers/scenario/resources/test-users';
import { SUCCESS, type VerbTestContext } from './verb-test-context';

const PASSWORDS = ['First-password-1', 'Second-password-2'] as const;

/** Log-ins, and changes of the own account. */
export async function ownAccount(setup: VerbTestContext): Promise<void> {
  const { ctx, client } = setup;
  const [login, password] = [`${ctx.name('person')}@example.test`, PASSWORDS[0]];
  await client.auth.register({ login, password });
  const { access_token: token, refresh_token } = await client.auth.login({ login, password });
  const ownClient = setup.clientFor(token);
  const { id } = await ownClient.auth.me();
  ctx.defer(() => ctx.client.identities.remove(id));

  expect((await ownClient.auth.refresh({ refresh_token })).token_type).toBe('Bearer');
  expect(await ownClient.auth.updateMe({ display_name: 'Changed' })).toMatchObject({ id, display_name: 'Changed' });
  const change = { current_password: password, new_password: PASSWORDS[1] };
  expect(await ownClient.auth.changePassword(change)).toMatchObject(SUCCESS);
  const { client: secondLogin } = await logIn({ baseUrl: ctx.facts.url }, login, PASSWORDS[1]);
  expect((await secondLogin.auth.me()).id).toBe(id);
  expect((await client.auth.settings()).local_password_enabled).toBe(true);
}

/** A log-in method that is not configured answers 501; a redirect for browsers is an error. */
export async function unconfiguredLogins({ ctx, client, clientFor }: VerbTestContext): Promise<void> {
  const { token } = await createTestUser(ctx, null);
  await expect(client.auth.ldapLogin({ login: 'user', password: 'any' })).rejects.toMatchObject({ status: 501 });
  await expect(client.auth.oidcLogin()).rejects.toMatchObject({ status: 501 });
  await expect(client.auth.oidcCallback()).rejects.toMatchObject({ status: 501 });
  await expect(clientFor(token).auth.logout()).rejects.toMatchObject({ status: 307 });
}

const createIdentity = async ({ ctx, client }: VerbTestContext): Promise<number> => {
  const login = `${ctx.name('x')}@example.test`;
  return (await client.identities.create({ login, password: PASSWORDS[0] })).id;
};

/** Identities, roles and integration tokens. */
export async function identities(setup: VerbTestContext): Promise<void> {
  const { ctx, client } = setup;
  const id = await createIdentity(setup);
  expect(await client.identities.update(id, { display_name: 'X' })).toMatchObject({ id, display_name: 'X' });
  expect([await client.identities.freeze(id), await client.identities.unfreeze(id)]).toMatchObject([SUCCESS, SUCCESS]);
  const { id: roleId } = await client.identities.addRole(id, ctx.name('role'));
  expect((await client.identities.get(id)).roles.map((role) => role.id)).toEqual([roleId]);
  expect((await client.identities.list()).map((identity) => identity.id)).toContain(id);

  const { integrationTokens } = client;
  const { token, integration_token: integrationToken } = await integrationTokens.create(id, { label: 'for a program' });
  expect((await integrationTokens.list(id)).map((one) => one.id)).toEqual([integrationToken.id]);
  expect((await client.auth.tokenLogin({ token })).user?.id).toBe(id);
  expect(await integrationTokens.revoke(id, integrationToken.id)).toMatchObject({
    id: integrationToken.id,
    active: false,
  });
  expect([
    await integrationTokens.remove(id, integrationToken.id),
    await client.identities.removeRole(roleId),
    await client.identities.remove(id),
  ]).toMatchObject([SUCCESS, SUCCESS, SUCCESS]);
}

const GRANTS = [{ resource: 'packs', actions: ['read'] }];

/** Creates a permission set in a new pack; the sets of `core` cannot be changed. */
async function createPermissionSet({ ctx, client }: VerbTestContext): Promise<number> {
  const pack = ctx.name('pack');
  const directory = `${ctx.facts.directory}/${pack}`;
  mkdirSync(`${directory}/permission_sets`, { recursive: true });
  writeFileSync(`${directory}/pack.yaml`, JSON.stringify({ ref: pack, label: pack, version: '1.0.0' }));
  const set = { ref: `${pack}.readers`, label: 'Readers', grants: GRANTS };
  writeFileSync(`${directory}/permission_sets/readers.yaml`, JSON.stringify(set));
  await client.packs.upload(directory);
  ctx.defer(() => ctx.client.packs.remove(pack));
  return (await client.permissions.sets()).find(({ ref }) => ref === set.ref)!.id;
}

/** Permission sets and assignments. */
export async function permissions(setup: VerbTestContext): Promise<void> {
  const { ctx, client } = setup;
  const [id, set] = [await createIdentity(setup), await createPermissionSet(setup)];
  const { id: toRole } = await client.permissions.addSetToRole(set, ctx.name('role'));
  const changed = await client.permissions.updateSet(set, { label: 'changed', grants: GRANTS });
  const roleId = { identity_id: id, permission_set_ref: changed.ref };
  const { id: assignment } = await client.permissions.assign(roleId);

  expect((await client.permissions.assignments(id)).map((one) => one.id)).toEqual([assignment]);
  expect(changed).toMatchObject({ label: 'changed', grants: GRANTS });
  expect([
    await client.permissions.unassign(assignment),
    await client.permissions.removeSetFromRole(toRole),
    await client.identities.remove(id),
  ]).toMatchObject([SUCCESS, SUCCESS, SUCCESS]);
}
