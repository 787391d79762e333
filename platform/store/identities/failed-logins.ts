import { sql } from 'kysely';
import type { Transaction } from '../database/connection';

/** Window in which attempts are counted, from the first one on. */
const WINDOW_SECONDS = 60;

/**
 * Counts an attempt under each of these counters. Returns the seconds to wait when one of them
 * exceeds `maxAttempts`, else null.
 */
export async function countLoginAttempt(
  transaction: Transaction,
  counters: readonly string[],
  maxAttempts: number,
): Promise<number | null> {
  const { rows } = await sql<{ wait: number | null }>`
    select count_login_attempt(${[...counters]}::text[], ${maxAttempts}, ${WINDOW_SECONDS}) as wait`.execute(
    transaction,
  );
  return rows[0]?.wait ?? null;
}

/** Takes the attempt back and clears the failures of the login. */
export const recordLoginSuccess = (transaction: Transaction, login: string, counters: readonly string[]) =>
  sql`select record_login_success(${login}, ${[...counters]}::text[])`.execute(transaction);
