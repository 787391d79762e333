import type { Pool } from 'pg';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';

/** Until a session of the pool's database awaits a lock, in a statement that contains `part`. */
export async function awaitLockedSession(pool: Pool, part: string): Promise<void> {
  const isLocked = async (): Promise<boolean> => {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and position($1 in query) > 0`,
      [part],
    );
    return rowCount !== 0;
  };
  await until(predicateToHold(`a session with "${part}" to await a lock`, isLocked), livenessDeadline());
}
