import { isIP } from 'node:net';
import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Id, type JsonObject } from '../../../contract/json';
import { CreatePackIndex, PackIndex, UpdatePackIndex } from '../../../contract/pack-indices';
import { isHeaderName, isHeaderValue } from '../../../contract/text/http-header';
import { isRedactionMarker } from '../../core/secrets/extract-secrets';
import { DomainError, requireFound } from '../../base/domain-error';
import { createGuard } from '../../egress/egress-guard';
import { EgressError } from '../../egress/egress-error';
import { packError } from '../../packs/pack-errors';
import { parsePackSource } from '../../packs/sources/fetch-pack';
import type { Transaction } from '../../store/database/connection';
import {
  createPackIndex,
  headersOf,
  listPackIndices,
  lockPackIndex,
  removePackIndex,
  toPackIndex,
  updatePackIndex,
  type Headers,
} from '../../store/packs/pack-indices';
import type { Api, ApiContext } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { route } from '../http/route';
import { indexedPacksRoutes } from './indexed-packs';

const PATH = '/api/v1/pack-indices';
const tags = ['packs'];
const params = Type.Object({ id: Id });
const MAX_INDICES = 20;

interface IndexCall {
  readonly transaction: Transaction;
  readonly params: { readonly id: number };
}
const onIndex = {
  grant: 'packs:configure',
  load: async ({ transaction, params: { id } }: IndexCall) =>
    requireFound(await lockPackIndex(transaction, id), `Pack index ${id}`),
} as const;

/** Indices of packs, in the order in which they are searched, and what they name. */
export function packIndicesRoutes(api: Api, context: ApiContext): void {
  const requireUrl = urlCheck(context);

  route(api, {
    method: 'GET',
    path: PATH,
    grant: 'packs:read',
    schema: { tags, response: { 200: dataEnvelope(Type.Array(PackIndex)) } },
    handle: async ({ transaction }) => ({ data: (await listPackIndices(transaction)).map(toPackIndex) }),
  });

  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'packs:configure',
    schema: { tags, body: CreatePackIndex, response: { 201: dataEnvelope(PackIndex) } },
    handle: async ({ transaction, body }) => {
      await requireUrl(body.url);
      const headers = mergeHeaders(body.headers ?? {}, {});
      if ((await listPackIndices(transaction)).length >= MAX_INDICES)
        throw new DomainError('CONFLICT', `A tenant has at most ${MAX_INDICES} pack indices`);
      return { data: toPackIndex(await createPackIndex(transaction, body, headers)) };
    },
  });

  route(api, {
    ...onIndex,
    method: 'PUT',
    path: `${PATH}/:id`,
    schema: { tags, params, body: UpdatePackIndex, response: { 200: dataEnvelope(PackIndex) } },
    handle: async ({ transaction, body, loaded }) => {
      if (body.url !== undefined) await requireUrl(body.url);
      // What authenticates at one server is not sent to another one.
      const isMoved = body.url !== undefined && new URL(body.url).origin !== new URL(loaded.url).origin;
      const kept = isMoved ? {} : headersOf(transaction, loaded);
      const headers = body.headers === undefined ? kept : mergeHeaders(body.headers, kept);
      return { data: toPackIndex(await updatePackIndex(transaction, loaded, body, headers)) };
    },
  });

  removalRoute(api);
  indexedPacksRoutes(api, context);
}

function removalRoute(api: Api): void {
  deleteRoute(api, {
    ...onIndex,
    path: `${PATH}/:id`,
    tags,
    params,
    remove: ({ transaction, loaded }) => removePackIndex(transaction, loaded.id),
    name: ({ loaded }) => `Pack index ${loaded.id}`,
  });
}

/** A value that is sent back redacted is the stored one. VALIDATION_ERROR. */
function mergeHeaders(sent: JsonObject, stored: Headers): Headers {
  const entries = Object.entries(sent).map(([name, value]) => {
    const text = isRedactionMarker(value) && Object.hasOwn(stored, name) ? stored[name] : value;
    if (!isHeaderName(name) || typeof text !== 'string' || !isHeaderValue(text))
      throw new DomainError('VALIDATION_ERROR', 'headers must be texts by the names of headers', { path: '/headers' });
    return [name, text] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * SOURCE_FORBIDDEN for an address that can never be read; a name is resolved, and checked, at each
 * request.
 */
function urlCheck({ egressPolicy }: ApiContext) {
  const guard = createGuard(egressPolicy, (host) => Promise.resolve(literalAddresses(host)));
  return async (text: string): Promise<void> => {
    const origin = parsePackSource(text, null);
    if (origin.is === 'directory') throw packError('SOURCE_FORBIDDEN', 'give an http or https address', 'url');
    if (origin.url.username !== '' || origin.url.password !== '')
      throw packError('SOURCE_FORBIDDEN', 'credentials belong into headers, not into the address', 'url');
    await guard(origin.url).catch((error: unknown) => {
      throw error instanceof EgressError ? packError('SOURCE_FORBIDDEN', error.message, 'url') : error;
    });
  };
}

function literalAddresses(host: string): string[] {
  if (isIP(host) !== 0) return [host];
  return /(^|\.)localhost$/.test(host) ? ['127.0.0.1'] : [];
}
