import { setTimeout as pause } from 'node:timers/promises';
import { isTerminal } from '../../../../contract/status';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import type { FaultPlatform } from '../fault-platform';
import { livenessDeadline } from '../../liveness';
import { postUntilAnswered, send } from './clients';

const POST_PAUSE_MS = 100;

/** Starts a workflow again and again, when the one before has ended. Returns their names. */
export async function runChains(platform: FaultPlatform, action: string, stop: AbortSignal): Promise<string[]> {
  const sent: string[] = [];
  while (!stop.aborted) {
    const name = `chain-${sent.length}`;
    const id = await postUntilAnswered(
      platform,
      '/executions/execute',
      { action_ref: action, parameters: { name } },
      name,
    );
    sent.push(name);
    await waitForEnd(platform, id);
  }
  return sent;
}

/** Posts webhooks, one after the other. Returns the names in their payloads. */
export async function postWebhooks(platform: FaultPlatform, key: string, stop: AbortSignal): Promise<string[]> {
  const sent: string[] = [];
  while (!stop.aborted) {
    const name = `${key.slice(-6)}-${sent.length}`;
    await postUntilAnswered(platform, `/webhooks/${key}`, { payload: { name } }, name);
    sent.push(name);
    await pause(POST_PAUSE_MS);
  }
  return sent;
}

async function waitForEnd(platform: FaultPlatform, id: number): Promise<void> {
  const hasEnded = async () => {
    const { status, data } = await send(platform, 'GET', `/executions/${id}`);
    return status === 200 && data !== null && isTerminal(data.status);
  };
  await until(predicateToHold(`execution ${id} to end`, hasEnded), livenessDeadline());
}
