import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CODES } from '../../contract/errors';
import type { Execution } from '../../contract/executions';
import { isTerminal } from '../../contract/status';
import type { Client } from '../../helpers/client/client';
import { CommandError } from '../failures';

const POLL_MS = 50;
const START_LIMIT_MS = 10_000;
const END_LIMIT_MS = 180_000;

/**
 * The execution at its end. Throws CommandError, exit 1: EXECUTION_NEVER_STARTED after 10 s,
 * EXECUTION_NOT_ENDED after 180 s.
 */
export async function runToEnd(client: Client, id: number): Promise<Execution> {
  const startedAt = performance.now();
  for (;;) {
    const execution = await client.executions.get(id);
    if (isTerminal(execution.status)) return execution;
    const waitedMs = performance.now() - startedAt;
    if (execution.status === 'requested' && waitedMs > START_LIMIT_MS) throw await neverStarted(client, execution);
    if (waitedMs > END_LIMIT_MS) {
      throw failure(
        `EXECUTION_NOT_ENDED: execution ${id} is still ${execution.status} after ${END_LIMIT_MS / 1_000} s`,
      );
    }
    await sleep(POLL_MS);
  }
}

async function neverStarted(client: Client, { id, status }: Execution): Promise<CommandError> {
  const workers = await client.workers.list();
  const states = workers.map(({ name, status: state }) => `${name} ${state ?? 'unknown'}`).join(', ');
  return failure(
    `EXECUTION_NEVER_STARTED: execution ${id} is still ${status} after ${START_LIMIT_MS / 1_000} s: ` +
      `no executor dispatches it; workers: ${states || 'none'}`,
  );
}

const failure = (message: string) => new CommandError(message, EXIT_CODES.testFailed);
