import type { StartChild } from '../../core/workflow/types';
import type { Transaction } from '../../store/database/connection';
import { limitBelow } from '../../store/executions/permission-limit';
import type { ActionToExecute } from '../../store/executions/executions';
import type { WorkflowRun } from '../../store/executions/workflow-runs';
import { canDelegate } from '../../store/identities/delegation';
import {
  findPermissionSetsByRef,
  STANDARD_PERMISSION_SET_REF,
  type EffectivePermissionSet,
} from '../../store/identities/grants';

/**
 * The limits of the permission sets of a workflow's children: what the caller that saved the
 * workflow held, and what the token above the workflow carries.
 */
export class ChildPermissions {
  private readonly lookups = new Map<string, Promise<readonly EffectivePermissionSet[]>>();

  constructor(
    private readonly transaction: Transaction,
    private readonly run: WorkflowRun,
  ) {}

  /** Why a child may not have its permission sets; null where it may. */
  async denialReason({ task, permissionSetRefs }: StartChild, action: ActionToExecute): Promise<string | null> {
    const refs = permissionSetRefs ?? action.permissionSetRefs;
    const { savedWithSets, execution } = this.run;
    const limit = limitBelow(execution);
    const exceeding = await this.firstExceeding(refs, savedWithSets);
    if (exceeding !== null)
      return `Task '${task}' needs permission set '${exceeding}', which the caller that saved the workflow did not hold`;
    const notCarried = limit === null ? null : await this.firstExceeding(refs, limit);
    if (notCarried === null) return null;
    return `Task '${task}' needs permission set '${notCarried}', which the token above its workflow does not carry`;
  }

  /** The first set that a holder of `limit` may not delegate. */
  private async firstExceeding(refs: readonly string[], limit: readonly string[]): Promise<string | null> {
    const named = refs.filter((ref) => ref !== STANDARD_PERMISSION_SET_REF && !limit.includes(ref));
    if (named.length === 0) return null;
    const held = await this.find(limit);
    return (await this.find(named)).find((set) => !canDelegate(held, set))?.ref ?? null;
  }

  private find(refs: readonly string[]): Promise<readonly EffectivePermissionSet[]> {
    const key = refs.join();
    const lookup = this.lookups.get(key) ?? findPermissionSetsByRef(this.transaction, refs);
    this.lookups.set(key, lookup);
    return lookup;
  }
}
