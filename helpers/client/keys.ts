import type { Static } from '@sinclair/typebox';
import { Deleted } from '../../contract/envelopes';
import { Key, KeySummary, UpdateKey, type CreateKey, type KeyFilter } from '../../contract/keys';
import { ApiError } from '../errors';
import type { Request } from './request';

const at = (ref: string) => `/keys/${encodeURIComponent(ref)}`;

/** Keys: values by ref, owned by the system, an identity, a pack, an action or a sensor. */
export const keys = (request: Request) => {
  /** 404 NOT_FOUND: there is none, it has expired, or the caller may not read it. An encrypted value is null without the right to decrypt. */
  const get = (ref: string) => request.one(Key, { method: 'GET', path: at(ref) });
  const remove = (ref: string) => request.bare(Deleted, { method: 'DELETE', path: at(ref) });
  return {
    get,

    /** Null where `get` answers 404. */
    getOrNull: async (ref: string): Promise<Key | null> => {
      try {
        return await get(ref);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },

    /** All that the caller may read, by ref; never their values. 403 without any right to read keys. */
    list: (filter: KeyFilter = {}) => request.all(KeySummary, { method: 'GET', path: '/keys', query: { ...filter } }),

    /** 409 CONFLICT for a ref or a name that the owner has; 400 BAD_REQUEST for an owner that does not exist. */
    create: (body: CreateKey) => request.one(Key, { method: 'POST', path: '/keys', body }),

    /** 409 CONFLICT over another version than `if_version`. */
    update: (ref: string, body: Static<typeof UpdateKey>) => request.one(Key, { method: 'PUT', path: at(ref), body }),

    remove,

    /** The same, where it may be gone already. */
    removeIfThere: async (ref: string): Promise<void> => {
      try {
        await remove(ref);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
  };
};
