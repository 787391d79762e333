import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Id } from '../../../contract/json';
import { IndexedPack } from '../../../contract/pack-indices';
import { DomainError } from '../../base/domain-error';
import { createGuard } from '../../egress/egress-guard';
import { matchesSearch } from '../../packs/registries/index-document';
import { findInIndices, readIndices, type Registry, type RegistryPack } from '../../packs/registries/read-indices';
import type { Transaction } from '../../store/database/connection';
import { headersOf, listPackIndices } from '../../store/packs/pack-indices';
import { refParams } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { disconnectSignal } from './disconnect-signal';

const PATH = '/api/v1/pack-indices/packs';
const tags = ['packs'];

const SearchQuery = Type.Object({
  q: Type.Optional(Type.String()),
  registry_id: Type.Optional(Id),
  include_disabled: Type.Optional(Type.Boolean()),
});

/** What the indices of packs name now. `message`: which of them could not be read. */
export function indexedPacksRoutes(api: Api, { egressPolicy }: ApiContext): void {
  const guard = createGuard(egressPolicy);

  routeAfterCommit(api, {
    method: 'GET',
    path: PATH,
    grant: 'packs:read',
    schema: { tags, querystring: SearchQuery, response: { 200: dataEnvelope(Type.Array(IndexedPack)) } },
    load: async ({ transaction, query: { registry_id: id, include_disabled: all = false } }) =>
      (await loadRegistries(transaction, all)).filter((registry) => id === undefined || registry.id === id),
    respond: async ({ query: { q = '' }, loaded, reply }) => {
      const { packs, problems } = await readIndices(loaded, guard, disconnectSignal(reply));
      const data = packs.filter(({ entry }) => matchesSearch(entry, q)).map(toIndexedPack);
      return problems.length === 0 ? { data } : { data, message: problems.join('; ') };
    },
  });

  routeAfterCommit(api, {
    method: 'GET',
    path: `${PATH}/:ref`,
    grant: 'packs:read',
    schema: { tags, params: refParams, response: { 200: dataEnvelope(IndexedPack) } },
    load: ({ transaction }) => loadRegistries(transaction),
    respond: async ({ params: { ref }, loaded, reply }) => {
      return { data: toIndexedPack(await findIndexedPack(loaded, ref, guard, disconnectSignal(reply))) };
    },
  });
}

/** NOT_FOUND where no index names the pack; the text has the indices that could not be read. */
export async function findIndexedPack(...[registries, ref, guard, signal]: Parameters<typeof findInIndices>) {
  const {
    packs: [first],
    problems,
  } = await findInIndices(registries, ref, guard, signal);
  if (first === undefined) throw new DomainError('NOT_FOUND', [`Pack '${ref}' not found`, ...problems].join('; '));
  return first;
}

/** In the order in which they are searched. */
export async function loadRegistries(transaction: Transaction, includesDisabled = false): Promise<Registry[]> {
  const rows = (await listPackIndices(transaction)).filter(({ enabled }) => enabled || includesDisabled);
  return rows.map((row) => ({ id: row.id, name: row.name, url: row.url, headers: headersOf(transaction, row) }));
}

const toIndexedPack = ({ entry: pack, registry: { id, name, url } }: RegistryPack): IndexedPack => ({
  pack,
  registry: { id, name, url },
});
