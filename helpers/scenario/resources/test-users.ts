import { logIn, type Client } from '../../client/client';
import { nullOn404 } from '../../client/null-on-not-found';
import type { ConnectionOptions } from '../../client/send-call';
import type { Context } from '../context';
import { randomName } from '../names';

export interface TestUser {
  readonly id: number;
  readonly login: string;
  readonly password: string;
  readonly token: string;
  readonly client: Client;
}

/**
 * Creates a user with one permission set, or none, and logs in. The user is removed after the
 * test. `observe` receives every response to that user.
 */
export async function createTestUser(
  ctx: Context,
  permissionSet: string | null,
  observe: Pick<ConnectionOptions, 'observe'> = {},
): Promise<TestUser> {
  const login = `${ctx.name('person')}@example.test`;
  const password = `Pass-${randomName(16)}`;
  const { id } = await ctx.client.identities.create({ login, password });
  ctx.defer(() => nullOn404(ctx.client.identities.remove(id))); // a test may remove it
  if (permissionSet !== null) {
    await ctx.client.permissions.assign({ identity_id: id, permission_set_ref: permissionSet });
  }
  return { id, login, password, ...(await logIn({ baseUrl: ctx.facts.url, ...observe }, login, password)) };
}

/** The same; returns only the client. */
export const createUserClient = async (
  ctx: Context,
  permissionSet: string,
  observe: Pick<ConnectionOptions, 'observe'> = {},
): Promise<Client> => (await createTestUser(ctx, permissionSet, observe)).client;
