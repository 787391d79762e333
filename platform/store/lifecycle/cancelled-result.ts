import type { JsonObject } from '../../../contract/json';

/**
 * The end of an execution that was stopped. `stoppedAfter`: the limit, seconds, of a workflow
 * above that has passed, which the result then names; null: a user cancelled it.
 */
export const cancellation = (
  result: JsonObject,
  stoppedAfter: number | null,
): { readonly result: JsonObject; readonly timeoutLevel: 'workflow' | null } =>
  stoppedAfter === null
    ? { result, timeoutLevel: null }
    : {
        result: {
          ...result,
          error: `Stopped: its workflow timed out after ${stoppedAfter} seconds`,
          timeout_level: 'workflow',
          timeout_seconds: stoppedAfter,
        },
        timeoutLevel: 'workflow',
      };
