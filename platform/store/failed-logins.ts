import { sql } from 'kysely';
import type { Transaction } from './database';

/** Tries are counted over this long, seconds, from the first of them on. */
const WINDOW_SECONDS = 60;

/** Counts a try under each of these names; answers the seconds to wait where one of them has had more than `most`, else null. */
export async function tryLogin(
  transaction: Transaction,
  names: readonly string[],
  most: number,
): Promise<number | null> {
  const { rows } = await sql<{ wait: number | null }>`
    select login_try(${[...names]}::text[], ${most}, ${WINDOW_SECONDS}) as wait`.execute(transaction);
  return rows[0]?.wait ?? null;
}

/** The try was none that failed: it is taken back, and the login starts anew. */
export const loginSucceeded = (transaction: Transaction, login: string, names: readonly string[]) =>
  sql`select login_succeeded(${login}, ${[...names]}::text[])`.execute(transaction);
