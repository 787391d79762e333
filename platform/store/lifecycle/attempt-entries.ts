import type { AttemptOutcome } from './attempt';
import type { TransitionEntry } from './transition-sql';

/** The log entry of the start of an attempt. */
export const invokedEntry = (attempt: number): TransitionEntry => ({ type: 'AGENT_INVOKED', payload: { attempt } });

/** The log entry of its end. */
export function responseEntry({ status, result }: Pick<AttemptOutcome, 'status' | 'result'>): TransitionEntry {
  const { exit_code, error } = result;
  const payload = { status, ...(exit_code !== undefined && { exit_code }), ...(error !== undefined && { error }) };
  return { type: 'AGENT_RESPONSE', payload };
}
