import { Type } from '@sinclair/typebox';
import { Environment } from '../../contract/environments';
import { one } from '../../contract/envelopes';
import { listEnvironments, rebuildEnvironments } from '../store/environments';
import type { Api, ApiContext } from './context';
import { requireGrant } from './grants';
import { readablePack, refuseShared } from './pack-access';
import { packTarget } from './targets';

const PATH = '/api/v1/packs/:ref/environments';
const tags = ['packs'];
const params = Type.Object({ ref: Type.String() });
const response = { 200: one(Type.Array(Environment)) };

/** How the installed dependencies of a pack stand, and a way to have them installed again. */
export function environmentsRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    PATH,
    { config: { grant: 'packs:read', lack: 404 }, schema: { tags, params, response } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: await listEnvironments(transaction, (await readablePack(transaction, caller, ref)).id),
      })),
  );

  api.post(
    `${PATH}/rebuild`,
    { config: { grant: 'packs:configure', bodiless: true }, schema: { tags, params, response } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const pack = await readablePack(transaction, caller, ref);
        await requireGrant(transaction, caller, 'packs', 'configure', packTarget(pack));
        refuseShared(pack);
        return { data: await rebuildEnvironments(transaction, pack.id) };
      }),
  );
}
