import { sql } from 'kysely';
import type { ExecutionDuration, ExecutionFilter } from '../../../contract/executions';
import type { Transaction } from '../database/connection';
import { countedRows, pageNewestFirst, type CountedRows, type RowRange } from '../database/list-rows';
import { filterConditions } from './executions';

/** Of the top-level executions that match, the newest first. BAD_REQUEST for an unknown status. */
export function listDurations(
  transaction: Transaction,
  filter: Pick<ExecutionFilter, 'status' | 'action_ref'>,
  range: RowRange,
): Promise<CountedRows<ExecutionDuration>> {
  const matching = transaction
    .selectFrom('execution')
    .where(filterConditions(transaction, { ...filter, top_level_only: true }));
  const columns = matching
    .select(['id', 'action_ref', 'status', 'started_at', 'finished_at'])
    .select(
      sql<number | null>`extract(epoch from finished_at - started_at)::double precision * 1000`.as('duration_ms'),
    );
  return countedRows(matching, pageNewestFirst(columns, range), (row) => row);
}
