import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../store/database';

/** Tables may grow for so long before plans are looked at, ms. */
const GROWING_MS = 500;

/** Keeps the plans of prepared statements fit for the size of their tables. */
export interface Plans {
  /** Rows were written. */
  used(): void;
  /** Settles when nothing is being looked at any more. */
  stop(): Promise<void>;
}

/** Looks only while executions come in: on an idle platform no table grows. */
export function openPlans(db: Database, log: Logger): Plans {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    timer = undefined;
    looking = db
      .alone((transaction) => sql`select refresh_plans()`.execute(transaction))
      .then(
        () => undefined,
        (error: unknown) => log.warn({ err: error }, 'plans were not looked at'),
      );
  };
  return {
    used: () => (timer ??= setTimeout(look, GROWING_MS)),
    stop: async () => {
      clearTimeout(timer);
      await looking;
    },
  };
}
