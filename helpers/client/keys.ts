import type { Static } from '@sinclair/typebox';
import { Deleted } from '../../contract/envelopes';
import { Key, KeySummary, UpdateKey, type CreateKey, type KeyFilter } from '../../contract/keys';
import { ifThere, orNone } from './absence';
import { verb } from './operation';
import type { Request } from './request';

/** Keys: values by ref, owned by the system, an identity, a pack, an action or a sensor. */
export const keys = (request: Request) => {
  /** 404 NOT_FOUND: there is none, it has expired, or the caller may not read it. An encrypted value is null without the right to decrypt. */
  const get = verb(
    'GET /keys/{ref}',
    (call) => (ref: string) => request.one(Key, call({ ref })),
    'get_secret',
    'get_datastore_item',
  );
  const remove = verb(
    'DELETE /keys/{ref}',
    (call) => (ref: string) => request.bare(Deleted, call({ ref })),
    'datastore_delete',
    'delete_secret',
  );
  return {
    get,

    /** Null where `get` answers 404. */
    getOrNull: orNone(get),

    /** All that the caller may read, by ref; never their values. 403 without any right to read keys. */
    list: verb(
      'GET /keys',
      (call) =>
        (filter: KeyFilter = {}) =>
          request.all(KeySummary, call({ query: { ...filter } })),
      'list_secrets',
    ),

    /** 409 CONFLICT for a ref or a name that the owner has; 400 BAD_REQUEST for an owner that does not exist. */
    create: verb('POST /keys', (call) => (body: CreateKey) => request.one(Key, call({ body })), 'create_secret'),

    /** 409 CONFLICT over another version than `if_version`. */
    update: verb(
      'PUT /keys/{ref}',
      (call) => (ref: string, body: Static<typeof UpdateKey>) => request.one(Key, call({ ref, body })),
      'update_secret',
    ),

    remove,

    /** The same, where it may be gone already. */
    removeIfThere: ifThere(remove),
  };
};
