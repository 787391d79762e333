import type { Client } from '../../../helpers/client/client';
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import type { Context } from '../../../helpers/scenario/context';

/** Starts an execution that runs until the end of the test. `by`: who requests it. */
export async function startSleeping({ client, defer }: Context, by: Client = client): Promise<number> {
  const { id } = await by.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 60 } });
  defer(() => cancelAndWait(client, id));
  return id;
}
