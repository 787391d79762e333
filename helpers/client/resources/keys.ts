import type { Static } from '@sinclair/typebox';
import { DeleteResult, page, type PageWindow } from '../../../contract/envelopes';
import { Key, KeySummary, UpdateKey, type CreateKey, type KeyFilter } from '../../../contract/keys';
import type { Received } from '../../../contract/extension';
import type { Json } from '../../../contract/json';
import { ignoreNotFound, orNull } from '../null-on-not-found';
import { withOperationOf, verb } from '../operation';
import type { Request } from '../request';

/** Keys: stored values by ref, owned by the system, an identity, a pack, an action or a sensor. */
export const keys = (request: Request) => {
  /**
   * 404 NOT_FOUND for an unknown or expired key, and without the right to read it. An encrypted
   * value is null without the right to decrypt it.
   */
  const get = verb('GET /keys/{ref}', (call, ref: string) => request.one(Key, call({ ref })));
  const getWithoutSecret = verb('GET /keys/{ref}', (call, ref: string) =>
    request.one(Key, call({ ref, query: { decrypt: false } })),
  );
  const remove = verb(['DELETE /keys/{ref}', 'datastore_delete', 'delete_secret'], (call, ref: string) =>
    request.body(DeleteResult, call({ ref })),
  );
  const getOrNull = orNull(get, 'get_secret', 'get_datastore_item');
  const create = verb(['POST /keys', 'create_secret'], (call, body: CreateKey) => request.one(Key, call({ body })));
  const update = verb(['PUT /keys/{ref}', 'update_secret'], (call, ref: string, body: Static<typeof UpdateKey>) =>
    request.one(Key, call({ ref, body })),
  );
  const valueOrNull = async (ref: string): Promise<Json> => (await getOrNull(ref))?.value ?? null;
  const set = async (ref: string, value: Json, encrypted = false): Promise<Received<typeof Key>> => {
    if (await getOrNull(ref)) return update(ref, { value, encrypted });
    return create({ ref, name: ref, owner_type: 'system', value, encrypted });
  };
  return {
    get,

    /** As `get`, and an encrypted value is null. */
    getWithoutSecret,

    /** Null for a 404 of `get`. */
    getOrNull,

    /** The value; null without a key, or without the right to decrypt it. */
    valueOrNull: withOperationOf(get, valueOrNull, 'datastore_get'),

    /**
     * Keys that the caller may read, by ref, without values. 403 without any right to read keys.
     */
    list: verb(['GET /keys', 'list_secrets'], (call, filter: KeyFilter = {}) =>
      request.all(KeySummary, call({ query: { ...filter } })),
    ),

    /** One page, by ref. */
    page: verb('GET /keys', (call, filter: KeyFilter, window: PageWindow) =>
      request.body(page(KeySummary), call({ query: { ...filter, ...window } })),
    ),

    /**
     * 409 CONFLICT for a ref or name that the owner has already; 400 BAD_REQUEST for an unknown
     * owner.
     */
    create,

    /** 409 CONFLICT if the version is not `if_version`. */
    update,

    /** Creates or updates the key. A new key is owned by the system. */
    set: withOperationOf(update, set, 'datastore_set', 'set_datastore_item'),

    remove,

    /** The verb, ignoring a 404. */
    removeIfExists: ignoreNotFound(remove),
  };
};
