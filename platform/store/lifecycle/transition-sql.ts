import { sql, type RawBuilder, type Updateable } from 'kysely';
import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { isTerminal, NEXT, STATUSES, type Status } from '../../../contract/status';
import { writeJson } from '../../../contract/json-text/write-json';
import { asJson, domainInstant, livenessNow, now } from '../database/connection';
import { workflowNotification } from '../database/notify';
import type { Tables } from '../database/tables';

type Column =
  | 'worker'
  | 'attempt'
  | 'started_at'
  | 'awaits'
  | 'settled'
  | 'stopped_after'
  | 'result_secrets'
  | 'termination_reason'
  | 'stdout_tail'
  | 'stderr_tail';

/** What a transition writes besides the status and its consequences. */
export interface Change {
  /** The result, with secrets redacted. */
  readonly result?: JsonObject;
  /** The level of the limit that ended the execution. */
  readonly timeoutLevel?: string | null;
  /** The end that the worker reported, epoch ms; by default SQL's clock. */
  readonly finishedAtMs?: number;
  readonly columns?: { readonly [K in Column]?: Updateable<Tables['execution']>[K] | RawBuilder<string> };
  /** Further entries: after the entry of a start, before the entry of an end. */
  readonly log?: readonly TransitionEntry[];
  /** The parent ends its task and processes the end in the same transaction: no notification. */
  readonly isByParent?: boolean;
  /** `running` follows `paused`: the entry is EXECUTION_RESUMED. */
  readonly isResume?: boolean;
}

export interface TransitionEntry {
  readonly type: LogType;
  readonly payload: JsonObject;
  /** By default the execution's. */
  readonly worker?: number | null;
}

/** The entry that an execution logs of its own start or end, by the rule of lifecycle.ts. */
const OWN_ENTRY: Partial<Record<Status, LogType>> = {
  running: 'EXECUTION_STARTED',
  paused: 'EXECUTION_PAUSED',
  completed: 'EXECUTION_COMPLETED',
  failed: 'EXECUTION_FAILED',
  cancelled: 'EXECUTION_CANCELLED',
  timeout: 'EXECUTION_TIMED_OUT',
  abandoned: 'EXECUTION_ABANDONED',
};

/** False for a task, which its workflow logs. Not `exists`, for which all runs may be read. */
const LOGS_ITSELF = sql`(c.workflow_execution is null
  or (select true from workflow_execution r where r.execution = c.id))`;

/** Statuses that `to` may follow. */
export const statusesBefore = (to: Status): Status[] =>
  STATUSES.filter((from) => (NEXT[from] as readonly Status[]).includes(to));

/** Columns of the table expression `changed`, which the other parts of the statement read. */
export const CHANGED = sql`id, tenant, root, worker, parent, workflow_execution`;

/** The `set` list of an update. */
export function assignments(to: Status, change: Change): RawBuilder<unknown> {
  const { result, columns = {} } = change;
  const values = {
    status: to,
    ...(result !== undefined && { result: asJson(result) }),
    ...(to === 'scheduled' && { assigned_at: livenessNow }),
    ...(isTerminal(to) && endColumns(to, change)),
    ...((to === 'requested' || isTerminal(to)) && { termination_reason: to === 'cancelled' ? CANCEL_REASON : null }),
    ...columns,
    updated: now,
  };
  return sql.join(Object.entries(values).map(([column, value]) => sql`${sql.ref(column)} = ${value}`));
}

/** Why a cancel was requested. What suspended an execution is not why it was cancelled. */
const CANCEL_REASON = sql<string>`case when status = 'canceling' then termination_reason end`;

/**
 * Until the end, `timeout_level` is the level of the limit that was given; then, of the one that
 * passed.
 */
const endColumns = (to: Status, { timeoutLevel = null, finishedAtMs }: Change) => ({
  finished_at: finishedAtMs === undefined ? now : domainInstant(finishedAtMs),
  timeout_level: timeoutLevel,
  timed_out: to === 'timeout' || (timeoutLevel !== null && to !== 'cancelled'),
});

/** The log entries of a transition, as a further table expression. */
export function logged(to: Status, { result, log = [], isResume = false }: Change): RawBuilder<unknown> {
  const type = isResume ? 'EXECUTION_RESUMED' : OWN_ENTRY[to];
  const own = type === undefined ? [] : [{ type, payload: endPayload(result), isOwn: true }];
  const entries = isTerminal(to) ? [...log, ...own] : [...own, ...log];
  if (entries.length === 0) return sql``;
  return sql`, logged as (
      insert into execution_event (root, execution, worker, type, payload)
      select c.root, c.id, coalesce((x.entry->>'worker')::bigint, c.worker), x.entry->>'type', x.entry->'payload'
      from changed c, json_array_elements(${writeJson(entries)}::json) with ordinality x(entry, position)
      where x.entry->'isOwn' is null or ${LOGS_ITSELF}
      order by c.id, x.position
    )`;
}

/** The cause, where the result has one. */
const endPayload = (result: JsonObject = {}): JsonObject =>
  Object.fromEntries(
    ['error', 'message'].flatMap((key) => (typeof result[key] === 'string' ? [[key, result[key]]] : [])),
  );

/** Only executions that are assigned, run or are being cancelled have a lease. */
export const released = (to: Status): RawBuilder<unknown> =>
  isTerminal(to) || to === 'requested'
    ? sql`, released as (delete from lease using changed c where lease.resource = 'execution:' || c.id)`
    : sql``;

/** A result column that notifies, on commit, the workflow whose task has ended or is paused. */
export const parentNotified = (to: Status, { isByParent = false }: Change = {}): RawBuilder<unknown> =>
  (isTerminal(to) || to === 'paused') && !isByParent
    ? sql`case when c.workflow_execution is not null and c.parent is not null
        then ${workflowNotification(sql`c.tenant`, sql`c.parent`)} end as notified`
    : sql`null as notified`;
