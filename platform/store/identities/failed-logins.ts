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

/** Takes the attempt back, clears the failures of the counter, and remembers the address. */
export const recordLoginSuccess = (
  transaction: Transaction,
  { counter, counters, address }: { counter: string; counters: readonly string[]; address: string },
) => sql`select record_login_success(${counter}, ${[...counters]}::text[], ${address})`.execute(transaction);

/** Whether the login succeeded from this address before. */
export async function isUsualAddress(transaction: Transaction, address: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`select is_usual_address(${address}) as known`.execute(transaction);
  return rows[0]?.known ?? false;
}
