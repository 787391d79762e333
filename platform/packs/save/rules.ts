import { asJson, type Transaction } from '../../store/database/connection';
import { findActionToExecute } from '../../store/executions/executions';
import { planTimers } from '../../store/events/timers';
import { findTrigger } from '../../store/events/triggers';
import type { RuleFile, TriggerFile } from '../read/components';
import { saveComponent, type PackRef } from './component-rows';

/** A rule or sensor names a trigger or action that does not exist. */
export class ReferenceMissing extends Error {
  constructor(kind: 'trigger' | 'action', ref: string) {
    super(`${kind} ${ref} does not exist`);
    this.name = 'ReferenceMissing';
  }
}

/** Inserts or updates; an existing row keeps its id and its webhook. Throws RefTaken. */
export async function saveTrigger(transaction: Transaction, pack: PackRef, file: TriggerFile): Promise<void> {
  const columns = {
    label: file.label,
    description: file.description,
    enabled: file.enabled,
    param_schema: file.paramSchema && asJson(file.paramSchema),
    out_schema: file.outSchema && asJson(file.outSchema),
  };
  await saveComponent(transaction, 'trigger', pack, { ref: file.ref, columns });
}

/**
 * Inserts or updates; an existing row keeps its id. The rule has no owner. Throws
 * ReferenceMissing, RefTaken.
 */
export async function saveRule(transaction: Transaction, pack: PackRef, file: RuleFile): Promise<void> {
  const trigger = await findTrigger(transaction, file.triggerRef);
  if (!trigger) throw new ReferenceMissing('trigger', file.triggerRef);
  const action = await findActionToExecute(transaction, file.actionRef);
  if (!action) throw new ReferenceMissing('action', file.actionRef);
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
  };
  await planTimers(transaction, await saveComponent(transaction, 'rule', pack, { ref: file.ref, columns }));
}
