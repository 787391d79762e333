import type { FaultPlatform } from '../fault-platform';
import type { StoredExecution, StoredOccurrence } from '../history/check-trees';
import { TIMER_RULE } from './crash-pack';
import { readRows, untilRow } from '../read-rows';

/** The trees of the roots with these ids, in order, with their logs. */
const storedExecutions = (platform: FaultPlatform, above: number, to: number): Promise<StoredExecution[]> =>
  readRows(
    platform,
    `select e.id::int, e.root::int, e.parent::int, e.config ->> 'name' as name, e.task_name as task,
       e.task_index as index, e.retry_count as retry, e.status, e.attempt as claims,
       coalesce(substring(e.result ->> 'stdout' from '"attempt": (\\d+)'), e.result -> 'data' ->> 'attempt')::int
         as "resultAttempt",
       exists (select from lease l where l.resource = 'execution:' || e.id) as "isLeased",
       coalesce((select json_agg(concat_ws(' ', l.type, l.payload ->> 'task', l.payload ->> 'index') order by l.seq)
         from execution_event l where l.execution = e.id), '[]') as log
     from execution e where e.root > $1 and e.root <= $2 order by e.id`,
    [above, to],
  );

/** What each occurrence of the timer has caused, in order, up to this execution. */
export const storedOccurrences = (platform: FaultPlatform, execution: number): Promise<StoredOccurrence[]> =>
  readRows(
    platform,
    `select (v.payload ->> 'execution_count')::int as count,
       (select count(*)::int from enforcement f where f.event = v.id) as enforcements,
       (select count(*)::int from enforcement f join execution e on e.enforcement = f.id where f.event = v.id) as executions
     from event v where v.rule_ref = $1 and v.id <= (
       select max(f.event) from enforcement f join execution e on e.enforcement = f.id where f.rule_ref = $1 and e.id <= $2)
     order by v.id`,
    [TIMER_RULE, execution],
  );

/** All executions between this id and the newest one, when they and all below them have ended. */
export async function settledExecutions(platform: FaultPlatform, above: number): Promise<StoredExecution[]> {
  const newest = await newestExecution(platform);
  await untilRow(
    platform,
    `executions ${above + 1} to ${newest} to end`,
    `select not exists (
       select from execution where root > $1 and root <= $2 and finished_at is null) as holds`,
    [above, newest],
  );
  return storedExecutions(platform, above, newest);
}

export async function newestExecution(platform: FaultPlatform): Promise<number> {
  const rows = await readRows<{ id: number }>(platform, 'select coalesce(max(id), 0)::int as id from execution');
  return rows[0]!.id;
}
