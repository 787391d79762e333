import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import { asJson, type Transaction } from '../database/connection';

/** An action as a plan runs it. */
export interface PinnedAction {
  readonly ref: string;
  /** Directory of its pack's files. */
  readonly storage: string | null;
  /** The columns of its row that decide how it runs, and those of its author. */
  readonly columns: JsonObject;
  /** What it runs, where it is a workflow. */
  readonly nested: NestedRevision | null;
}

/** A revision of a workflow that a task runs. `planDigest` is null where it is not compiled. */
export interface NestedRevision {
  readonly workflow: number;
  readonly revision: number;
  readonly planDigest: string | null;
}

/** Keeps the actions of a plan as they are; one that was pinned before gets the newest files. */
export async function pinActions(
  transaction: Transaction,
  { workflow, digest }: { readonly workflow: number; readonly digest: string },
  actions: readonly PinnedAction[],
): Promise<void> {
  if (actions.length === 0) return;
  await transaction
    .insertInto('pinned_action')
    .values(
      actions.map(({ ref, storage, columns, nested }) => ({
        workflow,
        plan_digest: digest,
        action_ref: ref,
        storage,
        source: asJson(columns),
        ...(nested && {
          nested_workflow: nested.workflow,
          nested_revision: nested.revision,
          nested_plan_digest: nested.planDigest,
        }),
      })),
    )
    .onConflict((on) =>
      on
        .columns(['workflow', 'plan_digest', 'action_ref'])
        .doUpdateSet((eb) => ({ storage: eb.ref('excluded.storage') })),
    )
    .execute();
}

/** A plan of a workflow, and the ids of the workflows whose plans have it. */
export interface ReplacedPlan {
  readonly digest: string;
  readonly workflows: readonly number[];
}

/** The newest plans of these workflows run the nested revision by another plan from now on. */
export const replacePlan = (
  transaction: Transaction,
  nested: { readonly workflow: number; readonly revision: number },
  { digest: from, workflows }: ReplacedPlan,
  digest: string,
): Promise<unknown> =>
  sql`update pinned_action p set nested_plan_digest = ${digest} from workflow_revision v
    where p.workflow = any(${[...workflows]}::bigint[]) and v.workflow = p.workflow and v.plan_digest = p.plan_digest
      and p.nested_workflow = ${nested.workflow} and p.nested_revision = ${nested.revision}
      and p.nested_plan_digest = ${from}`.execute(transaction);
