import { Type } from '@sinclair/typebox';
import { Deleted, one, page } from '../../contract/envelopes';
import { CreatePack, Pack, PackSummary, UpdatePack } from '../../contract/packs';
import { leftBy } from '../packs/pack-storage';
import type { Transaction } from '../store/database';
import {
  allPacks,
  createPack,
  findPack,
  packOf,
  packSummaryOf,
  removePack,
  updatePack,
  type PackRow,
} from '../store/packs';
import { ownsKeys } from '../store/keys';
import { retireFiles } from '../store/retired-files';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { refuseForbiddenNames } from './declared-names';
import { requireGrant, rightsOf } from './grants';
import { maySeePack, readablePack, refuseShared } from './pack-access';
import { packInstallRoutes } from './pack-installs';
import { packUploadRoute } from './pack-upload';
import { packWorkflowsRoutes } from './pack-workflows';
import { PageQuery, envelope, pageOf } from './paging';
import { packTarget } from './targets';

const PACKS_PATH = '/api/v1/packs';
const tags = ['packs'];
const params = Type.Object({ ref: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

export function packsRoutes(api: Api, context: ApiContext): void {
  readRoutes(api, context);
  writeRoutes(api, context);
  packInstallRoutes(api, context);
  packWorkflowsRoutes(api, context);
  packUploadRoute(api, context);
}

function readRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    PACKS_PATH,
    {
      config: { grant: 'packs:read', lack: 'filtered' },
      schema: { tags, querystring: PageQuery, response: { 200: page(PackSummary) } },
    },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const wanted = pageOf(query, PAGES);
        const rights = await rightsOf(transaction, caller);
        const visible = (await allPacks(transaction)).filter((pack) => maySeePack(rights, pack));
        const rows = visible.slice(wanted.offset, wanted.offset + wanted.limit);
        return envelope(wanted, rows.map(packSummaryOf), visible.length);
      }),
  );

  api.get(
    `${PACKS_PATH}/:ref`,
    { config: { grant: 'packs:read', lack: 404 }, schema: { tags, params, response: { 200: one(Pack) } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: packOf(await readablePack(transaction, caller, ref)),
      })),
  );
}

function writeRoutes(api: Api, { db, directory }: ApiContext): void {
  api.post(
    PACKS_PATH,
    { config: { grant: 'packs:create' }, schema: { tags, body: CreatePack, response: { 201: one(Pack) } } },
    async ({ caller, body }, reply) => {
      const pack = await db.inTenant(caller.tenant, (transaction) => create(transaction, caller, body));
      return reply.code(201).send({ data: packOf(pack) });
    },
  );

  api.put(
    `${PACKS_PATH}/:ref`,
    { config: { grant: 'packs:configure' }, schema: { tags, params, body: UpdatePack, response: { 200: one(Pack) } } },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await writablePack(transaction, caller, ref, 'configure');
        refuseForbiddenNames({ conf_schema: body.conf_schema });
        return { data: packOf(await updatePack(transaction, id, body)) };
      }),
  );

  api.delete(
    `${PACKS_PATH}/:ref`,
    { config: { grant: 'packs:delete' }, schema: { tags, params, response: { 200: Deleted } } },
    async ({ caller, params: { ref } }) => {
      await db.inTenant(caller.tenant, async (transaction) => {
        const pack = await writablePack(transaction, caller, ref, 'delete');
        await refuseWithKeys(transaction, pack);
        await removePack(transaction, pack.id);
        await retireFiles(transaction, ref, leftBy(directory, pack));
      });
      return { success: true as const, message: `Pack '${ref}' deleted` };
    },
  );
}

async function create(transaction: Transaction, caller: Caller, body: CreatePack): Promise<PackRow> {
  refuseForbiddenNames({ conf_schema: body.conf_schema });
  if (await findPack(transaction, body.ref)) throw new Refusal('CONFLICT', `Pack '${body.ref}' already exists`);
  const made = { ref: body.ref, installed_by: body.is_standard ? null : caller.identity };
  await requireGrant(transaction, caller, 'packs', 'create', packTarget(made));
  return createPack(transaction, body, caller.identity);
}

/** Secrets are not lost with what they were stored for: who deletes a pack has deleted its keys. */
async function refuseWithKeys(transaction: Transaction, { id, ref }: PackRow): Promise<void> {
  if (!(await ownsKeys(transaction, id))) return;
  throw new Refusal('UNPROCESSABLE_ENTITY', `Pack '${ref}' owns keys: delete those first`, { reason: 'PACK_HAS_KEYS' });
}

/** NOT_FOUND, then FORBIDDEN. */
async function writablePack(transaction: Transaction, caller: Caller, ref: string, action: string): Promise<PackRow> {
  const pack = await readablePack(transaction, caller, ref);
  await requireGrant(transaction, caller, 'packs', action, packTarget(pack));
  refuseShared(pack);
  return pack;
}
