import { sql, type RawBuilder } from 'kysely';
import type { Json, JsonObject } from '../../../contract/json';
import { now, SHARED_TENANT, type Transaction } from '../../store/database/connection';
import { ASK_ACTION_REF } from '../../core/inquiry/inquiry-spec';

/** Executions of one transaction. */
export const BATCH = 200;

/** An execution to dispatch, with what its action demands. */
export interface RequestedExecution {
  readonly id: number;
  readonly parent: number | null;
  /** Null: it was deleted. */
  readonly action: number | null;
  readonly action_ref: string;
  readonly entrypoint: string | null;
  /** Its action belongs to the pack `core`. */
  readonly isShared: boolean;
  readonly selector: Record<string, string> | null;
  readonly action_selector: Record<string, string> | null;
  readonly tolerations: Json;
  readonly affinity: Json;
  readonly runtime_ref: string | null;
  readonly runtime_version_constraint: string | null;
  readonly required: Record<string, string> | null;
  readonly workflow_def: number | null;
  /** That of the execution that it reruns, or of the revision that it was requested with. */
  readonly definition: JsonObject | null;
  readonly revision: number | null;
  readonly variables: JsonObject | null;
  readonly saved_with_sets: string[] | null;
  readonly saved_by: number | null;
  readonly is_ask: boolean;
  /**
   * Never started, addressed to no worker, without permission sets, secret parameters and items of
   * a work queue.
   */
  readonly is_plain: boolean;
  /** The external worker that alone may run it; null: any worker. */
  readonly addressed_to: number | null;
  /** It may have crashed two workers: it is the last that its worker gets. */
  readonly runs_alone: boolean;
}

/** Those that meet the condition. */
export type RequestedFilter = RawBuilder<boolean>;

export const onlyRequested = (execution: number): RequestedFilter => sql`e.id = ${execution}`;

/** All but these. */
export const requestedExcept = (executions: readonly number[]): RequestedFilter =>
  executions.length === 0 ? sql`true` : sql`e.id <> all(${[...executions]}::bigint[])`;

/** `+ 0` keeps the planner from the index of children: of requested executions there are few. */
export const requestedChildrenOf = (execution: number): RequestedFilter => sql`e.parent + 0 = ${execution}`;

const SELECT_REQUESTED = sql`
    select e.id, e.parent, a.id as action, e.action_ref, a.entrypoint, coalesce(a.tenant = ${SHARED_TENANT}, false) as "isShared",
      e.worker_selector as selector,
      a.worker_selector as action_selector,
      coalesce(nullif(e.worker_tolerations::jsonb, 'null'), a.worker_tolerations::jsonb) as tolerations,
      coalesce(nullif(e.worker_affinity::jsonb, 'null'), a.worker_affinity::jsonb) as affinity,
      a.runtime_ref, a.runtime_version_constraint, a.required_worker_runtimes as required, a.workflow_def,
      coalesce(n.definition, v.definition, w.definition) as definition, e.revision, e.variables,
      case when n.execution is not null then n.saved_with_sets when v.workflow is null then w.saved_with_sets
        else v.saved_with_sets end as saved_with_sets,
      case when n.execution is not null then n.saved_by when v.workflow is null then w.saved_by else v.saved_by end as saved_by,
      coalesce(a.ref = ${ASK_ACTION_REF} and a.tenant = ${SHARED_TENANT}, false) as is_ask,
      e.addressed_to,
      e.addressed_to is null and e.attempt = 0 and e.secret_values is null and e.connections is null
        and e.permission_set_refs = '{}' and e.queue_dispatch is null as is_plain,
      exists (select from worker_crash_suspect s where s.execution = e.id and s.suspicions >= 2) as runs_alone
    from execution e left join action a on a.id = e.action left join workflow_definition w on w.id = a.workflow_def
      left join workflow_revision v on v.workflow = w.id and v.revision = e.revision
      left join execution_rerun n on n.execution = e.id`;

/** A batch at most, by id; none where the tenant is frozen. */
export async function lockRequested(transaction: Transaction, filter: RequestedFilter): Promise<RequestedExecution[]> {
  const { rows } = await sql<RequestedExecution>`
    ${SELECT_REQUESTED}
    where e.status = 'requested' and e.released and (e.due_at is null or e.due_at <= ${now}) and ${filter}
      and (select not frozen from tenant where id = app_tenant())
    order by e.id + 0 limit ${BATCH} for update of e skip locked`.execute(transaction);
  return rows;
}

/** Those of these that are requested, without locks. */
export async function readRequested(transaction: Transaction, ids: readonly number[]): Promise<RequestedExecution[]> {
  const { rows } = await sql<RequestedExecution>`
    ${SELECT_REQUESTED} where e.status = 'requested' and e.id = any(${[...ids]}::bigint[])`.execute(transaction);
  return rows;
}
