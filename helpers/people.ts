import { logIn, type Client } from './client/client';
import type { Wire } from './client/request';
import type { Context } from './context';
import { randomName } from './names';

export interface Person {
  readonly id: number;
  readonly login: string;
  readonly token: string;
  readonly client: Client;
}

/** Somebody new who holds one permission set, or none, logged in; gone after the test. `observe` sees all that person is told. */
export async function person(
  ctx: Context,
  permissionSet: string | null,
  observe: Pick<Wire, 'observe'> = {},
): Promise<Person> {
  const login = `${ctx.name('person')}@example.test`;
  const password = `Pass-${randomName(16)}`;
  const { id } = await ctx.client.identities.create({ login, password });
  ctx.defer(() => ctx.client.identities.remove(id));
  if (permissionSet !== null) {
    await ctx.client.permissions.assign({ identity_id: id, permission_set_ref: permissionSet });
  }
  return { id, login, ...(await logIn({ baseUrl: ctx.facts.url, ...observe }, login, password)) };
}

/** The same, for who only needs to ask. */
export const personWith = async (
  ctx: Context,
  permissionSet: string,
  observe: Pick<Wire, 'observe'> = {},
): Promise<Client> => (await person(ctx, permissionSet, observe)).client;
