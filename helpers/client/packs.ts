import { Type, type Static } from '@sinclair/typebox';
import { ActionSummary } from '../../contract/actions';
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
import { RuleSummary } from '../../contract/rules';
import { RuntimeSummary } from '../../contract/runtimes';
import { TriggerSummary } from '../../contract/triggers';
import { WorkflowSummary } from '../../contract/workflows';
import { orNone } from './absence';
import { archiveOf } from './archive';
import { verb } from './operation';
import type { Request } from './request';

/** Packs: versioned folders of actions and workflows, found by ref. */
export const packs = (request: Request) => {
  const get = verb('GET /packs/{ref}', (call) => (ref: string) => request.one(Pack, call({ ref })), 'get_pack');
  return {
    /** Every pack the caller may see, by ref. */
    list: verb('GET /packs', (call) => () => request.all(PackSummary, call()), 'list_packs'),

    /** 404 NOT_FOUND. */
    get,

    /** Null when there is none. */
    getOrNull: orNone(get, 'get_pack_by_ref'),

    /** A pack without files. 409 CONFLICT, 422 VALIDATION_ERROR or UNPROCESSABLE_ENTITY. */
    create: verb('POST /packs', (call) => (body: CreatePack) => request.one(Pack, call({ body })), 'create_pack'),

    update: verb(
      'PUT /packs/{ref}',
      (call) => (ref: string, body: Static<typeof UpdatePack>) => request.one(Pack, call({ ref, body })),
    ),

    /** Takes its actions, workflows and files with it; executions stay. 404 NOT_FOUND. */
    remove: verb('DELETE /packs/{ref}', (call) => (ref: string) => request.bare(Deleted, call({ ref })), 'delete_pack'),

    /** What it holds, by ref; so do the next four. 404 NOT_FOUND. */
    actions: verb('GET /packs/{ref}/actions', (call) => (ref: string) => request.all(ActionSummary, call({ ref }))),
    workflows: verb(
      'GET /packs/{ref}/workflows',
      (call) => (ref: string) => request.all(WorkflowSummary, call({ ref })),
    ),
    triggers: verb('GET /packs/{ref}/triggers', (call) => (ref: string) => request.all(TriggerSummary, call({ ref }))),
    rules: verb('GET /packs/{ref}/rules', (call) => (ref: string) => request.all(RuleSummary, call({ ref }))),
    runtimes: verb('GET /packs/{ref}/runtimes', (call) => (ref: string) => request.all(RuntimeSummary, call({ ref }))),

    /** How what is installed for it stands, one for each runtime it has a manifest for. 404 NOT_FOUND. */
    environments: verb(
      'GET /packs/{ref}/environments',
      (call) => (ref: string) => request.one(Type.Array(Environment), call({ ref })),
    ),

    /** Has it all installed again; the answer says `pending`. 404 NOT_FOUND, 403 FORBIDDEN. */
    rebuild: verb(
      'POST /packs/{ref}/environments/rebuild',
      (call) => (ref: string) => request.one(Type.Array(Environment), call({ ref })),
    ),

    /** From a directory that the server can read. 400 BAD_REQUEST without pack.yaml; 409 CONFLICT without `force`. */
    register: verb(
      'POST /packs/register',
      (call) => (body: RegisterPack) => request.one(Pack, call({ body })),
      'register_pack',
    ),

    /** Sends a local directory as a gzip tar. 400 BAD_REQUEST, 409 CONFLICT without `force`. */
    upload: verb(
      'POST /packs/upload',
      (call) =>
        async (directory: string, options: { force?: boolean; skipTests?: boolean } = {}) => {
          const body = new FormData();
          body.append('force', String(options.force ?? false));
          body.append('skip_tests', String(options.skipTests ?? true));
          body.append('pack', new Blob([await archiveOf(directory)], { type: 'application/gzip' }), 'pack.tar.gz');
          return request.one(InstallResult, call({ body }));
        },
      'upload_pack',
    ),
  };
};
