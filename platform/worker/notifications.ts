import type { Logger } from 'pino';
import { isObject, type Json } from '../../contract/json';
import { parseJsonText } from '../../contract/json-text/parse-json-text';

/** What a notification may request of a worker. */
interface NotificationTargets {
  claimWork(): void;
  cancel(execution: number): void;
  passLimit(execution: number): void;
  checkEnvironments(): void;
  checkPackTests(): void;
  reconcileSensors(): void;
}

/**
 * Handles a payload of the worker channel. `{"worker": 7}`: executions are assigned to worker 7.
 * `{"worker": 7, "cancel": 41}`: worker 7 stops execution 41; with `limit` in place of `cancel`,
 * because its limit of time has passed. `{"environments": true}`, `{"packTests": true}` and
 * `{"sensors": true}`: the first worker that claims them builds environments, runs tests of packs,
 * or starts and stops sensors.
 */
export function handleNotification(payload: string, worker: number, targets: NotificationTargets, log: Logger): void {
  const message = parseJsonOrText(payload);
  if (!isObject(message)) return log.warn({ payload }, 'invalid notification for workers');
  if (message.environments === true) targets.checkEnvironments();
  if (message.packTests === true) targets.checkPackTests();
  if (message.sensors === true) targets.reconcileSensors();
  if (message.worker !== worker) return;
  if (typeof message.cancel === 'number') targets.cancel(message.cancel);
  else if (typeof message.limit === 'number') targets.passLimit(message.limit);
  else targets.claimWork();
}

function parseJsonOrText(text: string): Json {
  try {
    return parseJsonText(text) as Json;
  } catch {
    return text;
  }
}
