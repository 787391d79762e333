import { sql } from 'kysely';
import { asJson, now, type Transaction } from '../store/database';
import { findAction } from '../store/executions';
import { planTimers } from '../store/timers';
import { findTrigger } from '../store/triggers';
import type { RuleFile, TriggerFile } from './components';
import { RefTaken, type Holder } from './save-components';

/** A rule names what does not exist. */
export class EndMissing extends Error {
  constructor(kind: 'trigger' | 'action', ref: string) {
    super(`${kind} ${ref} does not exist`);
    this.name = 'EndMissing';
  }
}

/** Makes or updates it in place, keeping its id and its webhook. Throws RefTaken. */
export async function saveTrigger(transaction: Transaction, pack: Holder, file: TriggerFile): Promise<void> {
  const columns = {
    label: file.label,
    description: file.description,
    enabled: file.enabled,
    param_schema: file.paramSchema && asJson(file.paramSchema),
    out_schema: file.outSchema && asJson(file.outSchema),
  };
  const row = await transaction
    .insertInto('trigger')
    .values({ ref: file.ref, pack: pack.id, pack_ref: pack.ref, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, updated: now })
        .where('trigger.pack', '=', pack.id)
        .where('trigger.is_adhoc', '=', false),
    )
    .returning('id')
    .executeTakeFirst();
  if (!row) throw new RefTaken(file.ref);
}

/** Makes or updates it in place, keeping its id. Nobody owns it. Throws EndMissing, RefTaken. */
export async function saveRule(transaction: Transaction, pack: Holder, file: RuleFile): Promise<void> {
  const trigger = await findTrigger(transaction, file.triggerRef);
  if (!trigger) throw new EndMissing('trigger', file.triggerRef);
  const action = await findAction(transaction, file.actionRef);
  if (!action) throw new EndMissing('action', file.actionRef);
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
  const row = await transaction
    .insertInto('rule')
    .values({ ref: file.ref, pack: pack.id, pack_ref: pack.ref, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, updated: now })
        .where('rule.pack', '=', pack.id)
        .where('rule.is_adhoc', '=', false),
    )
    .returning('id')
    .executeTakeFirst();
  if (!row) throw new RefTaken(file.ref);
  await planTimers(transaction, row.id);
}

/** Removes the triggers and rules that the files no longer declare; never what was made through the API. */
export async function removeVanishedRules(
  transaction: Transaction,
  pack: Holder,
  declared: { readonly triggers: readonly string[]; readonly rules: readonly string[] },
): Promise<void> {
  for (const [table, refs] of [
    ['rule', declared.rules],
    ['trigger', declared.triggers],
  ] as const) {
    await transaction
      .deleteFrom(table)
      .where('pack', '=', pack.id)
      .where('is_adhoc', '=', false)
      .where(sql<boolean>`not ref = any(${[...refs]}::text[])`)
      .execute();
  }
}
