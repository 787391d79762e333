import { logIn, type Client } from './client/client';
import type { Context } from './context';
import { randomName } from './names';

/** Somebody new who holds one permission set, logged in; gone after the test. */
export async function personWith(ctx: Context, permissionSet: string): Promise<Client> {
  const login = `${ctx.name('person')}@example.test`;
  const password = `Pass-${randomName(16)}`;
  const { id } = await ctx.client.identities.create({ login, password });
  ctx.defer(() => ctx.client.identities.remove(id));
  await ctx.client.permissions.assign({ identity_id: id, permission_set_ref: permissionSet });
  return (await logIn({ baseUrl: ctx.facts.url }, login, password)).client;
}
