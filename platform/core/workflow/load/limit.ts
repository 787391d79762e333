import { valueError, type Fields } from './fields';

/** Seconds: a limit below this would end a process before it can start. */
const SHORTEST_LIMIT = 0.05;

/** The `timeout` of a task or of a whole workflow, seconds; 0 and absent are none. */
export function limitOf(fields: Fields): number | null {
  const limit = fields.amount('timeout') || null;
  if (limit === null || limit >= SHORTEST_LIMIT) return limit;
  throw valueError(`must be 0 or at least ${SHORTEST_LIMIT}`, fields.at('timeout'));
}
