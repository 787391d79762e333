import { logIn, type Client } from './client/client';
import type { Wire } from './client/request';
import type { Context } from './context';
import { randomName } from './names';

/** Somebody new who holds one permission set, logged in; gone after the test. `observe` sees all that person is told. */
export async function personWith(
  ctx: Context,
  permissionSet: string,
  observe: Pick<Wire, 'observe'> = {},
): Promise<Client> {
  const login = `${ctx.name('person')}@example.test`;
  const password = `Pass-${randomName(16)}`;
  const { id } = await ctx.client.identities.create({ login, password });
  ctx.defer(() => ctx.client.identities.remove(id));
  await ctx.client.permissions.assign({ identity_id: id, permission_set_ref: permissionSet });
  return (await logIn({ baseUrl: ctx.facts.url, ...observe }, login, password)).client;
}
