import type { SyncResult } from '../../../contract/packs';
import type { Transaction } from '../../store/database/connection';
import type { PackRow } from '../../store/packs/packs';
import { listFileAuthors } from '../../store/packs/workflow-file-authors';
import { findWorkflow } from '../../store/packs/workflows';
import type { Saver } from './approval';
import { compileSaved } from '../revisions/compile-revision';
import { ComponentLoader } from './register';
import { NO_AUTHOR, saveAction, saveStandaloneWorkflow } from './components';
import type { WorkflowFileResult } from '../read/workflow-files';

/**
 * Registers each workflow of a pack's files by itself; existing ones are updated and keep their
 * ids. The author of each stays who wrote its file. Removes nothing.
 */
export async function syncWorkflows(
  transaction: Transaction,
  pack: PackRow,
  results: readonly WorkflowFileResult[],
): Promise<SyncResult> {
  const errors: string[] = [];
  const loader = new ComponentLoader(transaction, pack, errors, null);
  const authors = await listFileAuthors(transaction, pack.id);
  const workflows: SyncResult['workflows'] = [];
  for (const { found, warnings } of results) {
    if (found.is === 'wrong') {
      errors.push(found.why);
      continue;
    }
    const { ref } = found.workflow;
    const saver: Saver = { ...(authors.get(ref) ?? NO_AUTHOR), keepsUnchanged: true, writes: null };
    const existing = await findWorkflow(transaction, ref);
    const saved = await loader.saveAll([found.workflow], () =>
      found.is === 'action'
        ? saveAction(transaction, pack, found.action, { runtime: null, fileDigest: null, saver })
        : saveStandaloneWorkflow(transaction, pack, found.workflow, saver),
    );
    const row = saved.length === 0 ? null : await findWorkflow(transaction, ref);
    if (row !== null)
      workflows.push({ ref_name: ref, created: existing === null, workflow_def_id: row.id, warnings: [...warnings] });
  }
  await compileSaved(transaction, { pack: pack.id });
  const loaded = results.filter(({ found }) => found.is !== 'wrong').length;
  return { pack_ref: pack.ref, loaded_count: loaded, registered_count: workflows.length, workflows, errors };
}
