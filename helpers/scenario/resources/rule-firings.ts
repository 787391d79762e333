import type { EnforcementSummary } from '../../../contract/events';
import type { Execution } from '../../../contract/executions';
import type { Context } from '../context';

/** A rule that fired for an event of its trigger, and the executions that this started. */
interface Firing {
  readonly enforcement: EnforcementSummary;
  readonly executions: readonly Execution[];
}

/** Every firing of the rules of a trigger, oldest first. */
export async function firingsOf({ client }: Context, trigger_ref: string): Promise<Firing[]> {
  const enforcements = (await client.enforcements.list({ trigger_ref })).sort((a, b) => a.id - b.id);
  const rows = await client.executions.list({ trigger_ref });
  const executions = await Promise.all(rows.map(({ id }) => client.executions.get(id)));
  return enforcements.map((enforcement) => ({
    enforcement,
    executions: executions.filter((execution) => execution.enforcement === enforcement.id),
  }));
}
