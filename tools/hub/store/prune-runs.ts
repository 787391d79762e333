import { sql } from 'kysely';
import type { Store } from './open-store';

/** Removes the runs that were received more than this many days ago. */
export async function pruneRuns(store: Store, days: number): Promise<void> {
  await store
    .deleteFrom('run')
    .where('received', '<', sql<string>`now() - make_interval(days => ${days})`)
    .execute();
}
