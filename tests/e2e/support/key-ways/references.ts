import type { JsonObject } from '../../../../contract/json';

/** A reference to a key, in parameters or in a definition. */
export const referenceTo = (ref: string): JsonObject => ({ $connection: ref });

/** The result of an execution, or of this task, that may not read the key it refers to. */
export const connectionNotFound = (ref: string, task: string | null) => ({
  succeeded: false,
  code: 'CONNECTION_NOT_FOUND',
  ref,
  task,
  error: expect.stringContaining(ref) as string,
});
