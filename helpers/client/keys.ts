import type { Static } from '@sinclair/typebox';
import { Deleted } from '../../contract/envelopes';
import { Key, KeySummary, UpdateKey, type CreateKey, type KeyFilter } from '../../contract/keys';
import type { Json } from '../../contract/json';
import { ifThere, orNone } from './absence';
import { likewise, verb } from './operation';
import type { Request } from './request';

/** Keys: values by ref, owned by the system, an identity, a pack, an action or a sensor. */
export const keys = (request: Request) => {
  /** 404 NOT_FOUND: there is none, it has expired, or the caller may not read it. An encrypted value is null without the right to decrypt. */
  const get = verb('GET /keys/{ref}', (call) => (ref: string) => request.one(Key, call({ ref })));
  const remove = verb(
    'DELETE /keys/{ref}',
    (call) => (ref: string) => request.bare(Deleted, call({ ref })),
    'datastore_delete',
    'delete_secret',
  );
  const getOrNull = orNone(get, 'get_secret', 'get_datastore_item');
  const create = verb('POST /keys', (call) => (body: CreateKey) => request.one(Key, call({ body })), 'create_secret');
  const update = verb(
    'PUT /keys/{ref}',
    (call) => (ref: string, body: Static<typeof UpdateKey>) => request.one(Key, call({ ref, body })),
    'update_secret',
  );
  const valueOrNull = async (ref: string): Promise<Json> => (await getOrNull(ref))?.value ?? null;
  const set = async (ref: string, value: Json, encrypted = false): Promise<Key> => {
    if (await getOrNull(ref)) return update(ref, { value, encrypted });
    return create({ ref, name: ref, owner_type: 'system', value, encrypted });
  };
  return {
    get,

    /** Null where `get` answers 404. */
    getOrNull,

    /** The value; null where there is none, or it is encrypted and the caller may not decrypt it. */
    valueOrNull: likewise(get, valueOrNull, 'datastore_get'),

    /** All that the caller may read, by ref; never their values. 403 without any right to read keys. */
    list: verb(
      'GET /keys',
      (call) =>
        (filter: KeyFilter = {}) =>
          request.all(KeySummary, call({ query: { ...filter } })),
      'list_secrets',
    ),

    /** 409 CONFLICT for a ref or a name that the owner has; 400 BAD_REQUEST for an owner that does not exist. */
    create,

    /** 409 CONFLICT over another version than `if_version`. */
    update,

    /** Whatever there was, the ref has this value now: of a key that there was not, the system is the owner. */
    set: likewise(update, set, 'datastore_set', 'set_datastore_item'),

    remove,

    /** The same, where it may be gone already. */
    removeIfThere: ifThere(remove),
  };
};
