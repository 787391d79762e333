import type { JsonObject } from '../../../contract/json';
import { servesExtensions, type Transaction } from '../database/connection';

/** Keys that the platform adds to the contract's results of attempts and rejected executions. */
const EXTENSION_KEYS: ReadonlySet<string> = new Set([
  'timed_out',
  'timeout_seconds',
  'timeout_level',
  'signal',
  'redacted',
  'worker_lost',
  'recoveries',
  'code',
  'message',
]);

/**
 * A result of the platform as it is stored: without its extensions where they are off. Not for the
 * result of a workflow, whose keys may be those of its `output_map`.
 */
export const storableResult = (transaction: Transaction, result: JsonObject): JsonObject =>
  servesExtensions(transaction)
    ? result
    : Object.fromEntries(Object.entries(result).filter(([name]) => !EXTENSION_KEYS.has(name)));
