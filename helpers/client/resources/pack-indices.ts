import { Type } from '@sinclair/typebox';
import { DeleteResult } from '../../../contract/envelopes';
import { IndexedPack, PackIndex, type CreatePackIndex, type UpdatePackIndex } from '../../../contract/pack-indices';
import { verb } from '../operation';
import type { Request } from '../request';

/** Every index is fetched before the response. */
const SEARCH_TIMEOUT_MS = 30_000;

/** Indices of packs that can be installed, and what they name. */
export const packIndices = (request: Request) => ({
  /** In the order in which they are searched. */
  list: verb('GET /pack-indices', (call) => request.one(Type.Array(PackIndex), call())),

  /** 400 BAD_REQUEST with SOURCE_FORBIDDEN, 422 VALIDATION_ERROR. */
  create: verb('POST /pack-indices', (call, body: CreatePackIndex) => request.one(PackIndex, call({ body }))),

  /** 404 NOT_FOUND. */
  update: verb('PUT /pack-indices/{id}', (call, id: number, body: UpdatePackIndex) =>
    request.one(PackIndex, call({ id, body })),
  ),

  /** 404 NOT_FOUND. */
  remove: verb('DELETE /pack-indices/{id}', (call, id: number) => request.body(DeleteResult, call({ id }))),

  /** The packs whose ref, label, description or keywords contain the text. */
  search: verb('GET /pack-indices/packs', (call, q: string) =>
    request.one(Type.Array(IndexedPack), { ...call({ query: { q } }), timeoutMs: SEARCH_TIMEOUT_MS }),
  ),

  /** Of the first index that names it. 404 NOT_FOUND. */
  get: verb('GET /pack-indices/packs/{ref}', (call, ref: string) =>
    request.one(IndexedPack, { ...call({ ref }), timeoutMs: SEARCH_TIMEOUT_MS }),
  ),
});
