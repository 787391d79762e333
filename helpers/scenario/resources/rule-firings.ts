import type { EnforcementSummary } from '../../../contract/events';
import type { Execution } from '../../../contract/executions';
import type { Context } from '../context';
import { readExecutions } from './ended-executions';

/** A rule that fired for an event of its trigger, and the executions that this started. */
interface Firing {
  readonly enforcement: EnforcementSummary;
  readonly executions: readonly Execution[];
}

/** Every firing of the rules of a trigger, oldest first. */
export async function firingsOf(ctx: Context, trigger_ref: string): Promise<Firing[]> {
  const { client } = ctx;
  const enforcements = (await client.enforcements.list({ trigger_ref })).sort((a, b) => a.id - b.id);
  const executions = await readExecutions(ctx, await client.executions.list({ trigger_ref }));
  return enforcements.map((enforcement) => ({
    enforcement,
    executions: executions.filter((execution) => execution.enforcement === enforcement.id),
  }));
}
