import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import type { Plan } from '../../../contract/workflows';
import { SHARED_TENANT, type Transaction } from '../database/connection';

export interface CalledWorkflowRow {
  readonly id: number;
  readonly ref: string;
  readonly definition: JsonObject;
  readonly param_schema: JsonObject | null;
  readonly out_schema: JsonObject | null;
  /** Null: it is not compiled. */
  readonly plan: Plan | null;
}

/** The workflows that these refs of actions name, with the revisions that they show. */
export async function listCalledWorkflows(
  transaction: Transaction,
  refs: readonly string[],
): Promise<CalledWorkflowRow[]> {
  if (refs.length === 0) return [];
  const { rows } = await sql<CalledWorkflowRow & { readonly isWorkflow: boolean }>`
    select distinct on (a.ref) w.id, a.ref, v.definition, v.param_schema, v.out_schema, v.plan, w.id is not null as "isWorkflow"
    from action a left join workflow_definition w on w.id = a.workflow_def
      left join workflow_revision v on v.workflow = w.id and v.revision = w.revision
    where a.ref = any(${[...refs]}::text[])
    order by a.ref, a.tenant <> ${SHARED_TENANT}`.execute(transaction);
  return rows.filter(({ isWorkflow }) => isWorkflow);
}
