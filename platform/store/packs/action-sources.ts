import { sql } from 'kysely';
import type { WorkerLossPolicy } from '../../../contract/actions';
import type { JsonObject } from '../../../contract/json';
import { SHARED_TENANT, type Transaction } from '../database/connection';
import type { NestedRevision } from './pinned-actions';

/** What an action runs, to compute its digest. */
export interface ActionSource {
  readonly ref: string;
  /** Directory of its pack's files; null: the pack has none. */
  readonly storage: string | null;
  readonly entrypoint: string;
  /** Last part of its runtime's ref. */
  readonly runtime: string | null;
  /** It was created through the API. */
  readonly isAdhoc: boolean;
  /** True for a workflow, and for what the platform runs itself. */
  readonly isBuiltIn: boolean;
  /** The columns of its row that decide how it runs. */
  readonly columns: JsonObject;
  /** The columns of its author, which decide what its attempts may. */
  readonly author: JsonObject;
  /** SHA-256 of its file as it was registered; null: not known. */
  readonly fileDigest: string | null;
  /** Of the pack's files; null: not known. */
  readonly filesDigest: string | null;
  /** Of a workflow: its plan, or its definition where it is not compiled. */
  readonly workflowDigest: string | null;
  /** Of a workflow: the revision that it shows. */
  readonly nested: NestedRevision | null;
}

/** Of the actions with these refs that the tenant can see, a shared one before its own. */
export async function listActionSources(transaction: Transaction, refs: readonly string[]): Promise<ActionSource[]> {
  if (refs.length === 0) return [];
  const { rows } = await sql<ActionSource & { onWorkerLoss: WorkerLossPolicy }>`
    select distinct on (a.ref) a.ref, p.storage, a.entrypoint, split_part(a.runtime_ref, '.', -1) as runtime,
      a.is_adhoc as "isAdhoc", a.file_digest as "fileDigest", p.files_digest as "filesDigest",
      a.workflow_def is not null or a.tenant = ${SHARED_TENANT} and starts_with(a.entrypoint, 'builtin:') as "isBuiltIn",
      json_build_object('entrypoint', a.entrypoint, 'runtime_ref', a.runtime_ref,
        'runtime_version_constraint', a.runtime_version_constraint, 'is_adhoc', a.is_adhoc,
        'parameter_delivery', a.parameter_delivery, 'parameter_format', a.parameter_format,
        'output_format', a.output_format, 'param_schema', a.param_schema, 'out_schema', a.out_schema,
        'action_timeout', a.timeout_seconds) as columns, a.on_worker_loss as "onWorkerLoss",
      json_build_object('saved_by', a.saved_by, 'saved_with_sets', a.saved_with_sets) as author,
      coalesce(v.plan_digest, encode(sha256(convert_to(w.definition::text, 'UTF8')), 'hex')) as "workflowDigest",
      case when w.id is not null then json_build_object('workflow', w.id, 'revision', w.revision,
        'planDigest', v.plan_digest) end as nested
    from action a left join pack p on p.id = a.pack left join workflow_definition w on w.id = a.workflow_def
      left join workflow_revision v on v.workflow = w.id and v.revision = w.revision
    where a.ref = any(${[...refs]}::text[])
    order by a.ref, a.tenant <> ${SHARED_TENANT}`.execute(transaction);
  return rows.map(({ onWorkerLoss, columns, ...row }) => ({ ...row, columns: withPolicy(columns, onWorkerLoss) }));
}

/** The default is left out: the digests of plans that were compiled without the column stay. */
const withPolicy = (columns: JsonObject, onWorkerLoss: WorkerLossPolicy): JsonObject =>
  onWorkerLoss === 'recover' ? columns : { ...columns, on_worker_loss: onWorkerLoss };

/** Refs of all actions that the tenant can see, in order. */
export async function listActionRefs(transaction: Transaction): Promise<string[]> {
  const rows = await transaction.selectFrom('action').select('ref').distinct().orderBy('ref').execute();
  return rows.map(({ ref }) => ref);
}
