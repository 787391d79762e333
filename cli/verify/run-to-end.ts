import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CODES } from '../../contract/errors';
import type { Execution } from '../../contract/executions';
import { isTerminal } from '../../contract/status';
import type { Client } from '../../helpers/client/client';
import { CommandError } from '../failures';
import { requireStart } from './require-start';

const POLL_MS = 50;
const START_LIMIT_MS = 10_000;
const END_LIMIT_MS = 180_000;

/**
 * The execution at its end. Throws CommandError, exit 1: EXECUTION_NEVER_STARTED after 10 s on a
 * stack that lacks a role for it, EXECUTION_NOT_ENDED after 180 s.
 */
export async function runToEnd(client: Client, id: number): Promise<Execution> {
  const startedAt = performance.now();
  let nextCheckMs = START_LIMIT_MS;
  for (;;) {
    const execution = await client.executions.get(id);
    if (isTerminal(execution.status)) return execution;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > END_LIMIT_MS) throw notEnded(execution);
    if (waitedMs > nextCheckMs) {
      await requireStart(client, execution, waitedMs);
      nextCheckMs = waitedMs + START_LIMIT_MS;
    }
    await sleep(POLL_MS);
  }
}

const notEnded = ({ id, status }: Execution): CommandError =>
  new CommandError(
    `EXECUTION_NOT_ENDED: execution ${id} is still ${status} after ${END_LIMIT_MS / 1_000} s`,
    EXIT_CODES.testFailed,
  );
