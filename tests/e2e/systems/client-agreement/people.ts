import { mkdirSync, writeFileSync } from 'node:fs';
import { logIn } from '../../../../helpers/client/client';
import { DONE, type Guide } from './guide';

const PASSWORDS = ['First-password-1', 'Second-password-2'] as const;

/** Log-ins, and what one may change of oneself. */
export async function whoOneIs(guide: Guide): Promise<void> {
  const { ctx, client } = guide;
  const [login, password] = [`${ctx.name('person')}@example.test`, PASSWORDS[0]];
  await client.auth.register({ login, password });
  const { access_token: token, refresh_token } = await client.auth.login({ login, password });
  const own = guide.as(token);
  const { id } = await own.auth.me();
  ctx.defer(() => ctx.client.identities.remove(id));

  expect((await own.auth.refresh({ refresh_token })).token_type).toBe('Bearer');
  expect(await own.auth.updateMe({ display_name: 'Somebody' })).toMatchObject({ id, display_name: 'Somebody' });
  const change = { current_password: password, new_password: PASSWORDS[1] };
  expect(await own.auth.changePassword(change)).toMatchObject(DONE);
  const { client: again } = await logIn({ baseUrl: ctx.facts.url }, login, PASSWORDS[1]);
  expect((await again.auth.me()).id).toBe(id);
  expect((await client.auth.settings()).local_password_enabled).toBe(true);
}

/** Log-ins that are not configured here say so, and what is made for browsers is no success to a program. */
export async function otherLogIns({ client }: Guide): Promise<void> {
  await expect(client.auth.ldapLogin({ login: 'who', password: 'ever' })).rejects.toMatchObject({ status: 501 });
  await expect(client.auth.oidcLogin()).rejects.toMatchObject({ status: 501 });
  await expect(client.auth.oidcCallback()).rejects.toMatchObject({ status: 501 });
  await expect(client.auth.logout()).rejects.toMatchObject({ status: 307 });
}

const newIdentity = async ({ ctx, client }: Guide): Promise<number> => {
  const login = `${ctx.name('x')}@example.test`;
  return (await client.identities.create({ login, password: PASSWORDS[0] })).id;
};

/** Who there is. */
export async function identities(guide: Guide): Promise<void> {
  const { ctx, client } = guide;
  const id = await newIdentity(guide);
  expect(await client.identities.update(id, { display_name: 'X' })).toMatchObject({ id, display_name: 'X' });
  expect([await client.identities.freeze(id), await client.identities.unfreeze(id)]).toMatchObject([DONE, DONE]);
  const { id: given } = await client.identities.giveRole(id, ctx.name('role'));
  expect((await client.identities.get(id)).roles.map((role) => role.id)).toEqual([given]);
  expect((await client.identities.list()).map((identity) => identity.id)).toContain(id);

  const { integrationTokens } = client;
  const { token, integration_token: made } = await integrationTokens.create(id, { label: 'for a program' });
  expect((await integrationTokens.list(id)).map((one) => one.id)).toEqual([made.id]);
  expect((await client.auth.tokenLogin({ token })).user?.id).toBe(id);
  expect(await integrationTokens.revoke(id, made.id)).toMatchObject({ id: made.id, active: false });
  expect([
    await integrationTokens.remove(id, made.id),
    await client.identities.takeRole(given),
    await client.identities.remove(id),
  ]).toMatchObject([DONE, DONE, DONE]);
}

const GRANTS = [{ resource: 'packs', actions: ['read'] }];

/** A permission set that a pack brings; that of `core` may not be changed. */
async function newSet({ ctx, client }: Guide): Promise<number> {
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

/** Who may do what. */
export async function permissions(guide: Guide): Promise<void> {
  const { ctx, client } = guide;
  const [id, set] = [await newIdentity(guide), await newSet(guide)];
  const { id: toRole } = await client.permissions.giveSetToRole(set, ctx.name('role'));
  const changed = await client.permissions.updateSet(set, { label: 'changed', grants: GRANTS });
  const given = { identity_id: id, permission_set_ref: changed.ref };
  const { id: assignment } = await client.permissions.assign(given);

  expect((await client.permissions.of(id)).map((one) => one.id)).toEqual([assignment]);
  expect(changed).toMatchObject({ label: 'changed', grants: GRANTS });
  expect([
    await client.permissions.unassign(assignment),
    await client.permissions.takeSetFromRole(toRole),
    await client.identities.remove(id),
  ]).toMatchObject([DONE, DONE, DONE]);
}
