import { APP_ROLE, openPool } from './connection';

/** How long connecting, and then a statement, may take: together less than a second, ms. */
const LIMIT_MS = 400;

/** Reports whether the database answers. */
export interface DatabaseProbe {
  /** Never takes a second, also when the database is reachable and does not answer. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens a connection of its own: all others may be waiting for an answer. Requests at the same
 * time share one statement.
 */
export function openDatabaseProbe(url: string): DatabaseProbe {
  const pool = openPool(url, 1, APP_ROLE, LIMIT_MS);
  let current: Promise<boolean> | null = null;
  const check = async (): Promise<boolean> => {
    try {
      const client = await pool.connect();
      let isAnswered = false;
      try {
        await client.query('select 1');
        isAnswered = true;
      } finally {
        client.release(!isAnswered);
      }
      return true;
    } catch {
      return false; // any failure is the answer: the database cannot be used
    } finally {
      current = null;
    }
  };
  return { isReachable: () => (current ??= check()), close: () => pool.end() };
}
