import type { JsonObject } from '../../../contract/json';
import { asJson, type Transaction } from '../database/connection';

/** An action as a plan runs it. */
export interface PinnedAction {
  readonly ref: string;
  /** Directory of its pack's files. */
  readonly storage: string | null;
  /** The columns of its row that decide how it runs. */
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
        ...{ workflow, plan_digest: digest, action_ref: ref, storage },
        source: asJson(columns),
        ...(nested && {
          ...{ nested_workflow: nested.workflow, nested_revision: nested.revision },
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
