import { sql } from 'kysely';
import type { TerminationReason } from '../../../contract/executions';
import type { Database } from '../database/connection';
import type { AttemptLease } from '../lifecycle/attempt';
import { assignments, CHANGED, logged, type Change } from '../lifecycle/transition-sql';
import { leaseOf } from './attempts';

/**
 * Suspends a running execution whose attempt a shutdown stopped without an end, and releases its
 * lease: `transition` (lifecycle.ts), fenced, in one statement. Its recovery does not count for
 * the limit. False: it does not run under this lease, and nothing was written.
 */
export const suspendAttempt = (db: Database, held: AttemptLease): Promise<boolean> =>
  db.statementInTenant(held.tenant, async (transaction) => {
    const reason: TerminationReason = 'shutdown_requested';
    const change: Change = {
      columns: { termination_reason: reason },
      log: [{ type: 'EXECUTION_SUSPENDED', payload: { attempt: held.attempt, reason } }],
    };
    const { rows } = await sql`
      with locked as materialized (
        select id from execution where id = ${held.execution} and status = 'running' for update
      ), held as (
        delete from lease where ${leaseOf(held)} and exists (select from locked) returning resource
      ), changed as (
        update execution set ${assignments('suspended', change)}
        where id = (select id from locked) and exists (select from held)
        returning ${CHANGED}
      )${logged('suspended', change)}, uncounted as (
        insert into worker_crash_suspect as known (execution, tenant, uncounted_recoveries)
        select id, tenant, 1 from changed
        on conflict (execution) do update set uncounted_recoveries = known.uncounted_recoveries + 1
      )
      select from changed`.execute(transaction);
    return rows.length > 0;
  });
