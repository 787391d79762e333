import { createClient } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { forgeProgramToken, readTokenSecret } from '../forge-token';
import { startSleeping } from '../sleeping-execution';

/** The client of a program of an action of this pack, which may write every artifact. */
export async function createWritingProgram(ctx: Context, pack: string) {
  const execution = await startSleeping(ctx);
  const { id: identity } = await ctx.client.auth.me();
  const metadata = { action_ref: `${pack}.program` };
  const claims = { identity, execution, permissionSets: ['core.admin'], metadata };
  const token = await forgeProgramToken(await readTokenSecret(ctx.facts), claims);
  return { execution, client: createClient({ baseUrl: ctx.facts.url, token }) };
}
