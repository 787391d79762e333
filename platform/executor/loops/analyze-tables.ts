import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../../store/database/connection';

/** Delay between the first write and the refresh: later writes share it. */
const REFRESH_DELAY_MS = 500;

/**
 * Refreshes table statistics, so that plans of prepared statements match the sizes of the tables.
 */
export interface PlanRefresh {
  /** Schedules a refresh, unless one is scheduled. */
  recordWrites(): void;
  /** Resolves when no refresh runs any more. */
  stop(): Promise<void>;
}

/** Runs only while executions are dispatched: on an idle platform no table grows. */
export function startPlanRefresh(db: Database, log: Logger): PlanRefresh {
  let timer: NodeJS.Timeout | undefined;
  let refreshing: Promise<void> = Promise.resolve();
  const refreshPlans = () => {
    timer = undefined;
    refreshing = db
      .singleStatement((transaction) => sql`select analyze_grown_tables()`.execute(transaction))
      .then(
        () => undefined,
        (error: unknown) => log.warn({ err: error }, 'could not refresh table statistics'),
      );
  };
  return {
    recordWrites: () => (timer ??= setTimeout(refreshPlans, REFRESH_DELAY_MS)),
    stop: async () => {
      clearTimeout(timer);
      await refreshing;
    },
  };
}
