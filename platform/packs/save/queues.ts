import { asJson, type Transaction } from '../../store/database/connection';
import { findActionToExecute } from '../../store/executions/executions';
import type { QueueFile } from '../read/components';
import type { Saver } from './approval';
import { saveComponent, type PackRef } from './component-rows';
import { ReferenceMissing } from './rules';

/**
 * Returns a function that saves one queue of a registration: inserts or updates; an existing row
 * keeps its id and its items. The function throws ReferenceMissing, RefTaken.
 */
export const queueSaver =
  (transaction: Transaction, pack: PackRef, saver: Saver | null) =>
  async (file: QueueFile): Promise<void> => {
    const action = await findActionToExecute(transaction, file.actionRef);
    if (!action) throw new ReferenceMissing('action', file.actionRef);
    const columns = {
      label: file.label,
      description: file.description,
      enabled: file.enabled,
      accepting_new_items: file.acceptsItems,
      default_priority: file.defaultPriority,
      dispatch_action: action.id,
      dispatch_action_ref: action.ref,
      batch_mode: file.batchMode,
      allow_pending_update: file.allowsPendingUpdate,
      update_strategy: file.updateStrategy,
      item_schema: asJson(file.itemSchema),
      action_params: asJson(file.actionParams),
      config: asJson(file.config),
      permission_set_refs: file.permissionSetRefs && [...file.permissionSetRefs],
      permission_limit: saver && [...saver.heldSetRefs],
      saved_by: saver && saver.identity,
      is_adhoc: false,
      owner_identity: null,
      owner_gone: false,
    };
    await saveComponent(transaction, 'work_queue', pack, { ref: file.ref, columns });
  };
