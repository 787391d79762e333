import { isTerminal } from '../../contract/status';
import type { Client } from '../client/client';
import { ApiError } from '../errors';
import { executionToEnd } from './conditions/execution-conditions';
import { until } from './polling';

/** For its cleanup on a busy host: never a claim. */
const CANCEL_WAIT_MS = 30_000;

/** Cancels an execution that still runs and waits for its end, so that its pack can be removed. */
export async function cancelAndWait(client: Client, id: number): Promise<void> {
  if (isTerminal((await client.executions.get(id)).status)) return;
  try {
    await client.executions.cancel(id);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error; // it has ended in the meantime
  }
  await until(executionToEnd(client, id), performance.now() + CANCEL_WAIT_MS);
}
