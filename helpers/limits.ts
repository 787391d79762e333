import type { Execution } from '../contract/executions';
import { isObject, type JsonObject } from '../contract/json';
import type { Capabilities } from './capabilities';

/** The shortest limit or delay, seconds, that tells right from wrong on a target of these capabilities. */
export const shortSeconds = (capabilities: Capabilities): number =>
  Object.hasOwn(capabilities, 'durations.fractional') ? 0.5 : 1;

export interface TimeOutMark {
  /** Also on an execution that a workflow's limit stopped. */
  readonly level: string | null;
  readonly timedOut: boolean;
}

/** What a result says of limits; of a target without the mark, only its words can tell. */
export function markOf({ result }: Pick<Execution, 'result'>, capabilities: Capabilities): TimeOutMark {
  const said: JsonObject = isObject(result) ? result : {};
  const timedOut = Object.hasOwn(capabilities, 'executions.timeout')
    ? said.timed_out === true
    : typeof said.error === 'string' && said.error.startsWith('Execution timed out after ');
  return { level: typeof said.timeout_level === 'string' ? said.timeout_level : null, timedOut };
}

/** Keeps runs on one worker, the same for every run; where the target does not say how, it has but one. */
export function pinned(capabilities: Capabilities): { worker_selector?: JsonObject } {
  const pin = capabilities['workers.pin'];
  if (!isObject(pin ?? null) || pin === true || !pin || !Array.isArray(pin.values)) return {};
  const [name] = pin.values;
  return typeof pin.label === 'string' && typeof name === 'string' ? { worker_selector: { [pin.label]: name } } : {};
}
