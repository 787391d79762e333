import type { JsonObject } from '../../contract/json';

/** The result of an execution that was stopped: where a workflow's limit was the reason (its seconds, else null), it says so. */
export const stoppedResult = (result: JsonObject, stoppedAfter: number | null): JsonObject =>
  stoppedAfter === null
    ? result
    : {
        ...result,
        error: `Stopped: its workflow timed out after ${stoppedAfter} seconds`,
        timeout_level: 'workflow',
        timeout_seconds: stoppedAfter,
      };
