import type { Execution } from '../../../contract/executions';
import { isObject, type JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import type { Capabilities } from '../../target/capabilities';
import type { Choices } from '../../target/declarations';

/** The shortest limit or delay that a target with these capabilities supports, seconds. */
export const shortestLimitSeconds = (capabilities: Capabilities): number =>
  Object.hasOwn(capabilities, 'durations.fractional') ? 0.5 : 1;

/** The status of a process that was stopped at its limit, as the target declares. */
export const timeoutStatus = ({ timeoutReport }: Pick<Choices, 'timeoutReport'>): Status =>
  timeoutReport === 'timed_out' ? 'timeout' : 'failed';

export interface TimeoutMarker {
  /** Set on an execution that a workflow's limit stopped, too. */
  readonly level: string | null;
  readonly isTimedOut: boolean;
}

/**
 * How a result reports a timeout. Without `executions.timeout` only the text of the error shows
 * it.
 */
export function timeoutMarker({ result }: Pick<Execution, 'result'>, capabilities: Capabilities): TimeoutMarker {
  const fields: JsonObject = isObject(result) ? result : {};
  const isTimedOut = Object.hasOwn(capabilities, 'executions.timeout')
    ? fields.timed_out === true
    : typeof fields.error === 'string' && fields.error.startsWith('Execution timed out after ');
  return { level: typeof fields.timeout_level === 'string' ? fields.timeout_level : null, isTimedOut };
}

/** The declared number of bytes of a stream that are stored. Throws without `logs.limit`. */
export function logLimitBytes({ 'logs.limit': limit }: Capabilities): number {
  if (limit === undefined || limit === true || typeof limit.bytes !== 'number')
    throw new Error('the target declares no number of bytes for logs.limit');
  return limit.bytes;
}

/**
 * Selects one worker, the same for every execution. Empty on a target without `workers.pin`, which
 * has one worker only.
 */
export function pinToOneWorker(capabilities: Capabilities): { worker_selector?: JsonObject } {
  const pin = capabilities['workers.pin'];
  if (!isObject(pin ?? null) || pin === true || !pin || !Array.isArray(pin.values)) return {};
  const [name] = pin.values;
  return typeof pin.label === 'string' && typeof name === 'string' ? { worker_selector: { [pin.label]: name } } : {};
}
