import { dataEnvelope } from '../../../contract/envelopes';
import { CreateRuntime, Runtime, RuntimeSummary, UpdateRuntime } from '../../../contract/runtimes';
import { WordsFilter } from '../../../contract/words';
import { componentTarget } from '../../auth/authorization-targets';
import { loadPack } from '../../auth/pack-access';
import { DomainError, requireFound } from '../../base/domain-error';
import { wordsMatcher } from '../../core/words';
import type { Transaction } from '../../store/database/connection';
import type { PackRow } from '../../store/packs/packs';
import { createRuntime, removeRuntime, updateRuntime } from '../../store/packs/runtime-admin';
import { findRuntime, listRuntimes, toRuntime, type RuntimeRow } from '../../store/packs/runtimes';
import { inParent, onComponent, onNewComponent, onOwnComponent, refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { wholeListRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';

const PATH = '/api/v1/runtimes';
const tags = ['runtimes'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Runtime) } };

export function runtimesRoutes(api: Api): void {
  readRoutes(api);
  changeRoutes(api);
}

function readRoutes(api: Api): void {
  const list = {
    tags,
    grant: 'runtimes:read',
    filter: WordsFilter,
    item: RuntimeSummary,
    pages: DEFAULT_PAGES,
    rowTarget: componentTarget,
  } as const;

  wholeListRoute(api, {
    ...list,
    path: PATH,
    listAll: async ({ transaction, query }) => withWords(await listRuntimes(transaction), query),
  });

  wholeListRoute(api, {
    ...list,
    ...inParent(loadPack),
    path: '/api/v1/packs/:ref/runtimes',
    listAll: async ({ transaction, loaded, query }) => withWords(await listRuntimes(transaction, loaded.id), query),
  });

  route(api, {
    ...onComponent(loadRuntime),
    method: 'GET',
    path: `${PATH}/:ref`,
    grant: 'runtimes:read',
    anyGrantFirst: true,
    schema: item,
    handle: ({ loaded }) => ({ data: toRuntime(loaded) }),
  });
}

function withWords(runtimes: readonly RuntimeSummary[], { q }: WordsFilter): RuntimeSummary[] {
  const matches = wordsMatcher(q);
  return runtimes.filter(({ ref, name, description }) => matches(ref, name, description));
}

function changeRoutes(api: Api): void {
  route(api, {
    ...onNewComponent('runtimes:create', loadPackOfNew),
    method: 'POST',
    path: PATH,
    schema: { tags, body: CreateRuntime, response: { 201: dataEnvelope(Runtime) } },
    handle: async ({ transaction, body, loaded }) => ({
      data: toRuntime(await createRuntime(transaction, body, loaded)),
    }),
  });

  route(api, {
    ...onOwnComponent(loadRuntime),
    method: 'PUT',
    path: `${PATH}/:ref`,
    grant: 'runtimes:update',
    schema: { ...item, body: UpdateRuntime },
    handle: async ({ transaction, body, loaded }) => ({
      data: toRuntime(await updateRuntime(transaction, loaded.id, body)),
    }),
  });

  deleteRoute(api, {
    ...onOwnComponent(loadRuntime),
    path: `${PATH}/:ref`,
    grant: 'runtimes:delete',
    tags,
    params: refParams,
    remove: ({ transaction, loaded }) => removeRuntime(transaction, loaded.id),
    name: ({ params }) => `Runtime '${params.ref}'`,
  });
}

const loadRuntime = async (transaction: Transaction, ref: string): Promise<RuntimeRow> =>
  requireFound(await findRuntime(transaction, { ref }), `Runtime '${ref}'`);

/** CONFLICT, NOT_FOUND (pack), in this order. */
async function loadPackOfNew(transaction: Transaction, body: CreateRuntime): Promise<PackRow | null> {
  if (await findRuntime(transaction, { ref: body.ref })) {
    throw new DomainError('CONFLICT', `Runtime '${body.ref}' already exists`);
  }
  return typeof body.pack_ref === 'string' ? loadPack(transaction, body.pack_ref) : null;
}
