import { createClient, type Client } from '../../../helpers/client/client';
import type { Context } from '../../../helpers/scenario/context';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { forgeProgramToken, readTokenSecret } from './forge-token';
import { startSleeping } from './sleeping-execution';

const SET = 'core.executor';

/**
 * Clients of two users, and of two programs of one of them: four callers. Without the secret of
 * the target the users alone.
 */
export async function createCallers(ctx: Context): Promise<Client[]> {
  const users = [await createTestUser(ctx, SET), await createTestUser(ctx, SET)];
  const clients = users.map(({ client }) => client);
  if (!ctx.canProve('sql')) return clients;
  const secret = await readTokenSecret(ctx.facts);
  for (const execution of [await startSleeping(ctx), await startSleeping(ctx)]) {
    const claims = { identity: users[0]!.id, execution, permissionSets: [SET] };
    clients.push(createClient({ baseUrl: ctx.facts.url, token: await forgeProgramToken(secret, claims) }));
  }
  return clients;
}
