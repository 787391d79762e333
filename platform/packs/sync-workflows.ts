import type { SyncResult } from '../../contract/packs';
import type { Transaction } from '../store/database';
import type { PackRow } from '../store/packs';
import { findWorkflow } from '../store/workflows';
import { Load } from './register';
import { saveAction, saveStandAlone } from './save-components';
import type { WorkflowReading } from './workflow-files';

/**
 * Makes the workflows of a pack's files known as a registration does, each by itself; those that are known are brought up to
 * date and keep their ids. Removes nothing.
 */
export async function syncWorkflows(
  transaction: Transaction,
  pack: PackRow,
  readings: readonly WorkflowReading[],
): Promise<SyncResult> {
  const errors: string[] = [];
  const load = new Load(transaction, pack, errors);
  const workflows: SyncResult['workflows'] = [];
  for (const { found, findings } of readings) {
    if (found.is === 'wrong') {
      errors.push(found.why);
      continue;
    }
    const { ref } = found.workflow;
    const before = await findWorkflow(transaction, ref);
    const saved = await load.each([found.workflow], () =>
      found.is === 'action'
        ? saveAction(transaction, pack, found.action, null)
        : saveStandAlone(transaction, pack, found.workflow),
    );
    const row = saved.length === 0 ? null : await findWorkflow(transaction, ref);
    if (row !== null)
      workflows.push({ ref_name: ref, created: before === null, workflow_def_id: row.id, warnings: [...findings] });
  }
  const loaded = readings.filter(({ found }) => found.is !== 'wrong').length;
  return { pack_ref: pack.ref, loaded_count: loaded, registered_count: workflows.length, workflows, errors };
}
