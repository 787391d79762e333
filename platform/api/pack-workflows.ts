import { Type } from '@sinclair/typebox';
import { one } from '../../contract/envelopes';
import { SyncResult, WorkflowValidation } from '../../contract/packs';
import { readWorkflowFiles, type WorkflowReading } from '../packs/workflow-files';
import { syncWorkflows } from '../packs/sync-workflows';
import type { Database } from '../store/database';
import { isShared, lockPack, type PackRow } from '../store/packs';
import type { Api, ApiContext, Caller } from './context';
import { notFound } from './errors';
import { readablePack } from './pack-access';

const PATH = '/api/v1/packs/:ref/workflows';
const tags = ['packs'];
const params = Type.Object({ ref: Type.String() });

/** The workflow files of an installed pack: made known again, or looked at. */
export function packWorkflowsRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    `${PATH}/sync`,
    {
      config: { grant: 'packs:read', lack: 404, bodiless: true },
      schema: { tags, params, response: { 200: one(SyncResult) } },
    },
    async ({ caller, params: { ref } }) => {
      const { pack, readings } = await readingsOf(db, caller, ref);
      const data = await db.inTenant(caller.tenant, async (transaction) => {
        const now = isShared(pack) ? pack : await lockPack(transaction, ref);
        if (now === null) throw notFound(`Pack '${ref}'`);
        return syncWorkflows(transaction, now, now.storage === pack.storage ? readings : []);
      });
      return { data };
    },
  );

  api.post(
    `${PATH}/validate`,
    {
      config: { grant: 'packs:read', lack: 404, bodiless: true },
      schema: { tags, params, response: { 200: one(WorkflowValidation) } },
    },
    async ({ caller, params: { ref } }) => {
      const { readings } = await readingsOf(db, caller, ref);
      return { data: { pack_ref: ref, ...validationOf(readings) } };
    },
  );
}

/** The pack we ship is brought up to date by the platform itself: to sync it is to change nothing. */
async function readingsOf(
  db: Database,
  caller: Caller,
  ref: string,
): Promise<{ pack: PackRow; readings: WorkflowReading[] }> {
  const pack = await db.inTenant(caller.tenant, (transaction) => readablePack(transaction, caller, ref));
  const directory = isShared(pack) ? null : pack.storage;
  return { pack, readings: directory === null ? [] : await readWorkflowFiles(directory, ref) };
}

function validationOf(readings: readonly WorkflowReading[]) {
  const errors: Record<string, string[]> = {};
  for (const { name, found, findings } of readings) {
    const wrong = found.is === 'wrong' ? [found.why] : [...findings];
    if (wrong.length > 0) errors[name] = wrong;
  }
  return { validated_count: readings.length, error_count: Object.keys(errors).length, errors };
}
