import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import type { Transaction } from '../database/connection';
import type { ActionToExecute, PinnedRevision } from './executions';
import type { WorkflowRun } from './workflow-runs';

interface PinnedRow extends PinnedRevision {
  readonly param_schema: JsonObject | null;
  readonly declared: JsonObject | null;
}

/**
 * The nested workflow as it was when the run's plan was compiled. Secret parameters are those that
 * it declares now, and those that it declared then.
 */
export async function withPinnedRevision(
  transaction: Transaction,
  { id: run, execution }: WorkflowRun,
  action: ActionToExecute,
): Promise<ActionToExecute> {
  if (execution.plan_digest === null || !action.isWorkflow) return action;
  const { rows } = await sql<PinnedRow>`
    select p.nested_revision as revision, p.nested_plan_digest as plan_digest, shown.plan_digest as current_plan_digest,
      v.param_schema, v.definition->'parameters' as declared
    from workflow_execution r
      join pinned_action p on p.workflow = r.workflow_def and p.plan_digest = ${execution.plan_digest}
        and p.action_ref = ${action.ref}
      join action a on a.id = ${action.id} and a.workflow_def = p.nested_workflow
      join workflow_revision v on v.workflow = p.nested_workflow and v.revision = p.nested_revision
      join workflow_definition w on w.id = p.nested_workflow
      left join workflow_revision shown on shown.workflow = w.id and shown.revision = w.revision
    where r.id = ${run}`.execute(transaction);
  const [row] = rows;
  if (!row) return action;
  const { param_schema, declared, ...pinnedRevision } = row;
  const paramSchema = [param_schema, declared].reduce(withDeclaredSecrets, action.paramSchema);
  return { ...action, paramSchema, pinnedRevision };
}
