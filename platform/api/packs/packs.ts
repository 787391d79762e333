import { dataEnvelope } from '../../../contract/envelopes';
import { CreatePack, Pack, PackSummary, UpdatePack } from '../../../contract/packs';
import { WordsFilter } from '../../../contract/words';
import { packTarget } from '../../auth/authorization-targets';
import { isPublicPack } from '../../auth/pack-access';
import { DomainError } from '../../base/domain-error';
import { wordsMatcher } from '../../core/words';
import { packFilesToRemove } from '../../packs/storage/pack-storage';
import type { Transaction } from '../../store/database/connection';
import { markFilesReplaced } from '../../store/packs/pack-file-gc';
import {
  createPack,
  findPack,
  listPacks,
  removePack,
  toPack,
  toPackSummary,
  updatePack,
  type PackRow,
} from '../../store/packs/packs';
import { keepingAdmin } from '../../store/identities/permission-sets';
import { packHasKeys } from '../../store/secrets/keys';
import { refParams } from '../http/component-requirements';
import { withStoredConfig } from '../http/stored-schemas';
import type { Api, ApiContext } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { wholeListRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { requireUsableSchemas } from './usable-schemas';
import { packArchiveRoute } from './pack-archive';
import { packDownloadRoute } from './pack-downloads';
import { packInstallRoutes } from './pack-installs';
import { onReadablePack, onWritablePack } from './pack-requirements';
import { packTestsRoutes } from './pack-tests';
import { packUploadRoute } from './pack-upload';
import { packWorkflowsRoutes } from './pack-workflows';
import { sourcePacksRoutes } from './source-packs';

const PATH = '/api/v1/packs';
const tags = ['packs'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Pack) } };

export function packsRoutes(api: Api, context: ApiContext): void {
  readRoutes(api);
  changeRoutes(api, context);
  packInstallRoutes(api, context);
  packWorkflowsRoutes(api, context);
  packTestsRoutes(api, context);
  packUploadRoute(api, context);
  packDownloadRoute(api, context);
  sourcePacksRoutes(api, context);
  packArchiveRoute(api, context);
}

function readRoutes(api: Api): void {
  wholeListRoute(api, {
    path: PATH,
    tags,
    grant: 'packs:read',
    item: PackSummary,
    pages: { ...DEFAULT_PAGES, skipsReturned: true },
    filter: WordsFilter,
    listAll: async ({ transaction, query }) => {
      const matches = wordsMatcher(query.q);
      return (await listPacks(transaction)).filter(({ ref, label, description }) => matches(ref, label, description));
    },
    rowTarget: packTarget,
    isRowExempt: isPublicPack,
    toItem: toPackSummary,
  });

  route(api, {
    ...onReadablePack,
    method: 'GET',
    path: `${PATH}/:ref`,
    schema: item,
    handle: ({ loaded }) => ({ data: toPack(loaded) }),
  });
}

function changeRoutes(api: Api, { directory }: ApiContext): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'packs:create',
    schema: { tags, body: CreatePack, response: { 201: dataEnvelope(Pack) } },
    load: ({ transaction, body }) => rejectTaken(transaction, body),
    target: ({ caller, body }) => packTarget({ ref: body.ref, installed_by: body.is_standard ? null : caller.owner }),
    handle: async ({ transaction, caller, body }) => ({
      data: toPack(await createPack(transaction, body, caller.owner)),
    }),
  });

  route(api, {
    ...onWritablePack,
    method: 'PUT',
    path: `${PATH}/:ref`,
    grant: 'packs:configure',
    schema: { ...item, body: UpdatePack },
    handle: async ({ transaction, body, loaded }) => {
      requireUsableSchemas({ conf_schema: body.conf_schema });
      return { data: toPack(await updatePack(transaction, loaded.id, withStoredConfig(body, loaded))) };
    },
  });

  deleteRoute(api, {
    ...onWritablePack,
    path: `${PATH}/:ref`,
    grant: 'packs:delete',
    tags,
    params: refParams,
    remove: async ({ transaction, loaded }) => {
      await rejectPackWithKeys(transaction, loaded);
      await keepingAdmin(transaction, loaded.ref, () => removePack(transaction, loaded.id));
      await markFilesReplaced(transaction, loaded.ref, packFilesToRemove(directory, loaded));
    },
    name: ({ params }) => `Pack '${params.ref}'`,
  });
}

/** VALIDATION_ERROR (schemas), CONFLICT, in this order. */
async function rejectTaken(transaction: Transaction, { ref, conf_schema }: CreatePack): Promise<void> {
  requireUsableSchemas({ conf_schema });
  if (await findPack(transaction, ref)) throw new DomainError('CONFLICT', `Pack '${ref}' already exists`);
}

/**
 * Secrets are not lost by deleting what they were stored for: the keys of a pack are deleted
 * first.
 */
async function rejectPackWithKeys(transaction: Transaction, { id, ref }: PackRow): Promise<void> {
  if (!(await packHasKeys(transaction, id))) return;
  throw new DomainError('UNPROCESSABLE_ENTITY', `Pack '${ref}' owns keys: delete those first`, {
    reason: 'PACK_HAS_KEYS',
  });
}
