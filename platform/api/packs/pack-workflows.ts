import { dataEnvelope } from '../../../contract/envelopes';
import { SyncResult, WorkflowValidation } from '../../../contract/packs';
import { readWorkflowFilesInProcess, type PackProcessOptions } from '../../packs/process/in-pack-process';
import type { WorkflowFileResult } from '../../packs/read/workflow-files';
import { syncWorkflows } from '../../packs/save/sync-workflows';
import { isShared, lockPack, type PackRow } from '../../store/packs/packs';
import type { Api, ApiContext } from '../http/context';
import { packNotFound } from '../../auth/pack-access';
import { refParams } from '../http/component-requirements';
import { routeAfterCommit } from '../http/route';
import { disconnectSignal } from './disconnect-signal';
import { onReadablePack, onWritablePack } from './pack-requirements';

const PATH = '/api/v1/packs/:ref/workflows';
const tags = ['packs'];

/** The workflow files of an installed pack: registered again, or validated. */
export function packWorkflowsRoutes(api: Api, { db, program }: ApiContext): void {
  routeAfterCommit(api, {
    // Of a shared pack it changes nothing, and is not rejected either.
    load: onWritablePack.load,
    target: onWritablePack.target,
    method: 'POST',
    path: `${PATH}/sync`,
    grant: 'packs:configure',
    ignoresBody: true,
    schema: { tags, params: refParams, response: { 200: dataEnvelope(SyncResult) } },
    respond: async ({ caller, loaded: pack, reply }) => {
      const files = await readFiles(pack, { program, signal: disconnectSignal(reply) });
      const data = await db.inTenant(caller.tenant, async (transaction) => {
        const currentPack = isShared(pack) ? pack : await lockPack(transaction, pack.ref);
        if (currentPack === null) throw packNotFound(pack.ref);
        const currentFiles = currentPack.storage === pack.storage ? files : [];
        return syncWorkflows(transaction, currentPack, currentFiles);
      });
      return { data };
    },
  });

  routeAfterCommit(api, {
    ...onReadablePack,
    method: 'POST',
    path: `${PATH}/validate`,
    ignoresBody: true,
    schema: { tags, params: refParams, response: { 200: dataEnvelope(WorkflowValidation) } },
    respond: async ({ loaded: pack, reply }) => {
      const files = await readFiles(pack, { program, signal: disconnectSignal(reply) });
      return { data: { pack_ref: pack.ref, ...validationResult(files) } };
    },
  });
}

/**
 * None for a shared pack: the platform itself updates those, and a sync of one changes nothing.
 */
async function readFiles(pack: PackRow, reading: PackProcessOptions): Promise<WorkflowFileResult[]> {
  const directory = isShared(pack) ? null : pack.storage;
  return directory === null ? [] : readWorkflowFilesInProcess(directory, pack.ref, reading);
}

function validationResult(files: readonly WorkflowFileResult[]) {
  const errors: Record<string, string[]> = {};
  for (const { name, found, warnings } of files) {
    const problems = found.is === 'wrong' ? [found.why] : [...warnings];
    if (problems.length > 0) errors[name] = problems;
  }
  return { validated_count: files.length, error_count: Object.keys(errors).length, errors };
}
