import { describeErrors } from '../../core/schema/validator';
import { oncePerKey } from '../../base/async/once-per-key';
import { asJson, type Transaction } from '../../store/database/connection';
import { findActionToExecute } from '../../store/executions/executions';
import { ruleErrors } from '../../store/events/check-rule';
import { findTrigger } from '../../store/events/triggers';
import type { RuleFile } from '../read/components';
import type { Saver } from './approval';
import { saveComponent, type PackRef } from './component-rows';

/** A rule or sensor names a trigger or action that does not exist. */
export class ReferenceMissing extends Error {
  constructor(kind: 'trigger' | 'action', ref: string) {
    super(`${kind} ${ref} does not exist`);
    this.name = 'ReferenceMissing';
  }
}

/** A rule could never fire. */
export class RuleInvalid extends Error {
  constructor(why: string) {
    super(`the rule could never fire: ${why}`);
    this.name = 'RuleInvalid';
  }
}

/**
 * Returns a function that saves one rule of a registration: inserts or updates; an existing row
 * keeps its id. The rule has no owner, and its timer is not planned. Each trigger and action is
 * looked up once. The function throws ReferenceMissing, RefTaken, RuleInvalid.
 */
export function ruleSaver(
  transaction: Transaction,
  pack: PackRef,
  saver: Saver | null,
): (file: RuleFile) => Promise<void> {
  const triggerOf = oncePerKey((ref) => findTrigger(transaction, ref));
  const actionOf = oncePerKey((ref) => findActionToExecute(transaction, ref));
  return async (file) => {
    const trigger = await triggerOf(file.triggerRef);
    if (!trigger) throw new ReferenceMissing('trigger', file.triggerRef);
    const action = await actionOf(file.actionRef);
    if (!action) throw new ReferenceMissing('action', file.actionRef);
    const { conditions, actionParams, triggerParams: params } = file;
    const timer = { trigger: trigger.ref, params };
    const errors = ruleErrors(transaction, { conditions, actionParams, timer });
    if (errors.length > 0) throw new RuleInvalid(describeErrors(errors));
    const columns = {
      label: file.label,
      description: file.description,
      trigger: trigger.id,
      trigger_ref: trigger.ref,
      action: action.id,
      action_ref: action.ref,
      conditions: asJson(file.conditions),
      action_params: asJson(file.actionParams),
      trigger_params: asJson(file.triggerParams),
      permission_set_refs: file.permissionSetRefs && [...file.permissionSetRefs],
      enabled: file.enabled,
      permission_limit: saver && [...saver.heldSetRefs],
      saved_by: saver && saver.identity,
      owner_identity: null,
      owner_gone: false,
    };
    await saveComponent(transaction, 'rule', pack, { ref: file.ref, columns });
  };
}
