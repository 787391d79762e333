import { sql } from 'kysely';
import type { EffectOf } from '../../core/workflow/types';
import { now, type Transaction } from '../database/connection';
import { copySecrets } from '../secrets/seal-parameters';

/** Releases an item, so that it can be dispatched. */
export const releaseItem = (
  transaction: Transaction,
  run: number,
  { task, index, round }: EffectOf<'release-item'>,
): Promise<unknown> =>
  sql`update execution set released = true, updated = ${now}
    where workflow_execution = ${run} and task_name = ${task} and task_index = ${index} and task_round = ${round}
      and status = 'requested' and not released`.execute(transaction);

/**
 * Inserts a retry: a new execution with the action, parameters and lineage of the first, linked to
 * it.
 */
export async function insertRetry(
  transaction: Transaction,
  run: number,
  taskRetry: EffectOf<'retry-child'>,
): Promise<void> {
  const { rows } = await sql<{
    id: number;
    first: number;
  }>`insert into execution (tenant, root, action, action_ref, config, connections, env_vars, parent, enforcement, rule_ref, trigger_ref,
      executor, permission_set_refs, permission_limit, authored_by_executor, artifact_retention_policy, artifact_retention_limit, worker_selector,
      worker_tolerations, worker_affinity, workflow_execution, task_name, task_index, task_round, task_retries, triggered_by,
      timeout_seconds, timeout_level, retry_count, max_retries, retry_reason, original_execution, causation_depth, due_at, released,
      revision, plan_digest, current_plan_digest)
    select tenant, root, action, action_ref, config, connections, env_vars, parent, enforcement, rule_ref, trigger_ref,
      executor, permission_set_refs, permission_limit, authored_by_executor, artifact_retention_policy, artifact_retention_limit, worker_selector,
      worker_tolerations, worker_affinity, workflow_execution, task_name, task_index, task_round, task_retries, triggered_by,
      timeout_seconds, case when timeout_seconds is null then null else 'task' end, ${taskRetry.retry}, task_retries,
      ${taskRetry.reason}, id, causation_depth, to_timestamp(${taskRetry.notBefore / 1000}::double precision), ${taskRetry.released},
      revision, plan_digest, current_plan_digest
    from execution where workflow_execution = ${run} and task_name = ${taskRetry.task} and task_round = ${taskRetry.round}
      and task_index is not distinct from ${taskRetry.index}::int and retry_count = 0
    on conflict do nothing returning id, original_execution as first`.execute(transaction);
  for (const { id, first } of rows) await copySecrets(transaction, first, id);
}
