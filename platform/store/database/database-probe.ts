import { errorCode } from '../../base/error-details';
import { APP_ROLE, openPool } from './connection';

/** How long connecting, and then a statement, may take: together less than a second, ms. */
const LIMIT_MS = 400;
/** The same for a statement on which requests depend: a busy host may take longer, ms. */
const BUSY_LIMIT_MS = 1_500;

/** Reports whether the database answers. */
export interface DatabaseProbe {
  /** Never takes a second, whatever the database does. */
  isReachable(): Promise<boolean>;
  /** Whether it gives no answer, also in the time that a busy host may take. */
  isAway(): Promise<boolean>;
  /**
   * Writes a row of the platform, within a second. Null: it is stored; else the SQLSTATE of the
   * error, or `NO_ANSWER`.
   */
  writeFailure(instance: string): Promise<string | null>;
  close(): Promise<void>;
}

const NO_ANSWER = 'NO_ANSWER';
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * Opens a connection for each: all others may be waiting for an answer, also one of these for the
 * lock of its row. Requests at the same time share one statement.
 */
export function openDatabaseProbe(url: string): DatabaseProbe {
  const reading = openStatement(url, LIMIT_MS);
  const waiting = openStatement(url, BUSY_LIMIT_MS);
  const writing = openStatement(url, LIMIT_MS);
  return {
    isReachable: async () => (await reading.failure('select 1')) === null,
    isAway: async () => (await waiting.failure('select 1')) !== null,
    writeFailure: (instance) => writing.failure('select record_readiness($1)', [instance]),
    close: async () => {
      await Promise.all([reading.close(), waiting.close(), writing.close()]);
    },
  };
}

function openStatement(url: string, limitMs: number) {
  const pool = openPool(url, 1, { role: APP_ROLE, limitMs });
  let current: Promise<string | null> | null = null;
  const run = async (statement: string, values: string[]): Promise<string | null> => {
    try {
      const client = await pool.connect();
      let isAnswered = false;
      try {
        await client.query(statement, values);
        isAnswered = true;
      } finally {
        client.release(!isAnswered);
      }
      return null;
    } catch (error) {
      const code = errorCode(error) ?? '';
      return SQLSTATE.test(code) ? code : NO_ANSWER; // any failure is the answer: it cannot be used
    } finally {
      current = null;
    }
  };
  return {
    /** Null: it was executed. */
    failure: (statement: string, values: string[] = []) => (current ??= run(statement, values)),
    close: () => pool.end(),
  };
}
