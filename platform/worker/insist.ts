import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { codeOf } from './faults';

/** SQLSTATE classes of statements that fail the same way every time: data, integrity, syntax or rights, limits. */
const PERMANENT = /^(22|23|42|54)...$/;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/** Does the same statement have a chance when the server is back? */
export const mayHeal = (error: unknown): boolean => {
  const code = codeOf(error);
  return code !== undefined ? !PERMANENT.test(code) : /connection|timeout/i.test(String(error));
};

/**
 * Asks the database again and again until it answers: an end that was reached must not be lost with a connection.
 * Throws what can never succeed, and everything once `giveUp` has aborted. `doubted` is told of each lost answer.
 */
export async function insist<T>(
  ask: () => Promise<T>,
  log: Logger,
  giveUp: AbortSignal,
  doubted: () => void = () => undefined,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!mayHeal(error) || giveUp.aborted) throw error;
      log.warn({ err: error, pauseMs }, 'database does not answer');
      doubted();
      await sleep(pauseMs);
    }
  }
}
