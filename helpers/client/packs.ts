import { Type, type Static } from '@sinclair/typebox';
import { Environment } from '../../contract/environments';
import { Deleted } from '../../contract/envelopes';
import {
  InstallResult,
  Pack,
  PackSummary,
  type CreatePack,
  type RegisterPack,
  type UpdatePack,
} from '../../contract/packs';
import { ApiError } from '../errors';
import { archiveOf } from './archive';
import type { Request } from './request';

const at = (ref: string) => `/packs/${encodeURIComponent(ref)}`;

/** Packs: versioned folders of actions and workflows, found by ref. */
export const packs = (request: Request) => {
  const get = (ref: string) => request.one(Pack, { method: 'GET', path: at(ref) });
  return {
    /** Every pack the caller may see, by ref. */
    list: () => request.all(PackSummary, { method: 'GET', path: '/packs' }),

    /** 404 NOT_FOUND. */
    get,

    /** Null when there is none. */
    getOrNull: async (ref: string): Promise<Pack | null> => {
      try {
        return await get(ref);
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }
    },

    /** A pack without files. 409 CONFLICT, 422 VALIDATION_ERROR or UNPROCESSABLE_ENTITY. */
    create: (body: CreatePack) => request.one(Pack, { method: 'POST', path: '/packs', body }),

    update: (ref: string, body: Static<typeof UpdatePack>) => request.one(Pack, { method: 'PUT', path: at(ref), body }),

    /** Takes its actions, workflows and files with it; executions stay. 404 NOT_FOUND. */
    remove: (ref: string) => request.bare(Deleted, { method: 'DELETE', path: at(ref) }),

    /** How what is installed for it stands, one for each runtime it has a manifest for. 404 NOT_FOUND. */
    environments: (ref: string) =>
      request.one(Type.Array(Environment), { method: 'GET', path: `${at(ref)}/environments` }),

    /** Has it all installed again; the answer says `pending`. 404 NOT_FOUND, 403 FORBIDDEN. */
    rebuild: (ref: string) =>
      request.one(Type.Array(Environment), { method: 'POST', path: `${at(ref)}/environments/rebuild` }),

    /** From a directory that the server can read. 400 BAD_REQUEST without pack.yaml; 409 CONFLICT without `force`. */
    register: (body: RegisterPack) => request.one(Pack, { method: 'POST', path: '/packs/register', body }),

    /** Sends a local directory as a gzip tar. 400 BAD_REQUEST, 409 CONFLICT without `force`. */
    upload: async (directory: string, options: { force?: boolean; skipTests?: boolean } = {}) => {
      const body = new FormData();
      body.append('force', String(options.force ?? false));
      body.append('skip_tests', String(options.skipTests ?? true));
      body.append('pack', new Blob([await archiveOf(directory)], { type: 'application/gzip' }), 'pack.tar.gz');
      return request.one(InstallResult, { method: 'POST', path: '/packs/upload', body });
    },
  };
};
