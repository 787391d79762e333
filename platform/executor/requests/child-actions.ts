import { rightsFromGrants, type Rights } from '../../auth/rights';
import { componentTarget } from '../../auth/authorization-targets';
import { mayName } from '../../auth/nameable-actions';
import type { StartChild } from '../../core/workflow/types';
import type { Transaction } from '../../store/database/connection';
import type { ActionToExecute } from '../../store/executions/executions';
import type { WorkflowRun } from '../../store/executions/workflow-runs';
import {
  findPermissionSetsByRef,
  listAssignedPermissionSets,
  type EffectivePermissionSet,
} from '../../store/identities/grants';

/**
 * The actions that a workflow's tasks may run: what the caller that saved the workflow may execute
 * with the sets that it held, or its executor as far as the token above the workflow allows.
 */
export class ChildActions {
  private saver: Promise<Rights> | undefined;
  private executor: Promise<readonly Rights[]> | undefined;

  constructor(
    private readonly transaction: Transaction,
    private readonly run: WorkflowRun,
  ) {}

  /** Why a child may not run the action; null where it may. */
  async denialReason({ task }: StartChild, action: ActionToExecute): Promise<string | null> {
    const { savedWithSets, packRef } = this.run;
    this.saver ??= this.rightsOfSets(savedWithSets);
    if (mayName(await this.saver, packRef, action)) return null;
    this.executor ??= this.executorRights();
    const limits = await this.executor;
    if (limits.every((rights) => rights.allows('actions', 'execute', componentTarget(action)))) return null;
    return (
      `Task '${task}' names action '${action.ref}', which neither the caller that saved the workflow ` +
      'nor the one that runs it may execute'
    );
  }

  private async executorRights(): Promise<readonly Rights[]> {
    const { executor, permission_limit: limit, authored_by_executor: isOwn } = this.run.execution;
    const sets = executor === null ? [] : await listAssignedPermissionSets(this.transaction, executor);
    const own = await this.toRights(sets, executor);
    return limit === null ? [own] : [own, await this.rightsOfSets(limit, isOwn ? executor : null)];
  }

  private async rightsOfSets(refs: readonly string[], identity: number | null = null): Promise<Rights> {
    return this.toRights(await findPermissionSetsByRef(this.transaction, refs), identity);
  }

  /** `identity`: whose resources count; of a saver, only its permission sets do. */
  private toRights(sets: readonly EffectivePermissionSet[], identity: number | null): Promise<Rights> {
    return rightsFromGrants(
      this.transaction,
      identity,
      sets.flatMap(({ grants }) => grants),
    );
  }
}
