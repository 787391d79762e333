import { createClient } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { forgeProgramToken, readTokenSecret } from '../forge-token';
import { startSleeping } from '../sleeping-execution';

/** The client of a program of an action of this pack, by default with a set for every artifact. */
export async function createWritingProgram(ctx: Context, pack: string, set = 'core.admin') {
  const execution = await startSleeping(ctx);
  const { id: identity } = await ctx.client.auth.me();
  const action_ref = `${pack}.program`;
  const standard = { standard_access_action_refs: [action_ref], standard_access_pack_refs: [pack] };
  const claims = { identity, execution, permissionSets: [set], metadata: { action_ref, ...standard } };
  const token = await forgeProgramToken(await readTokenSecret(ctx.facts), claims);
  return { execution, client: createClient({ baseUrl: ctx.facts.url, token }) };
}
