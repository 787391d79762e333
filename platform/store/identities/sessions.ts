import { sql } from 'kysely';
import type { Transaction } from '../database/connection';

/** Ends one log-in: its tokens, which live for `seconds` at most, are invalid from now on. */
export const endSession = (transaction: Transaction, identity: number, session: string, seconds: number) =>
  sql`select end_session(${identity}, ${session}::uuid, ${seconds})`.execute(transaction);
