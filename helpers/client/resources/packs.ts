import { Type, type Static } from '@sinclair/typebox';
import { ActionSummary } from '../../../contract/actions';
import { Environment, RuntimeSummary } from '../../../contract/runtimes';
import { DeleteResult, page, type PageWindow } from '../../../contract/envelopes';
import {
  BatchResult,
  InstallResult,
  Pack,
  PackSummary,
  SyncResult,
  WorkflowValidation,
  type CreatePack,
  type InstallPack,
  type RegisterBatch,
  type RegisterPack,
  type UpdatePack,
} from '../../../contract/packs';
import {
  DependencyAnalysis,
  DetectedEnvironments,
  DownloadResult,
  type DetectEnvironments,
  type DownloadPacks,
} from '../../../contract/source-packs';
import { PackTestRecord, PackTestResult } from '../../../contract/pack-tests';
import { RuleSummary } from '../../../contract/rules';
import { SensorSummary } from '../../../contract/sensors';
import { TriggerSummary } from '../../../contract/triggers';
import { WorkflowSummary } from '../../../contract/workflows';
import { orNull } from '../null-on-not-found';
import { archiveDirectory } from '../archive-directory';
import { verb } from '../operation';
import type { Request } from '../request';

/** The whole archive is sent or fetched before the response. */
const UPLOAD_TIMEOUT_MS = 60_000;
/** Tests of packs run before the response, in environments that may have to be installed. */
const TESTS_TIMEOUT_MS = 120_000;

/** Packs: versioned folders of actions and workflows, found by ref. */
export const packs = (request: Request) => {
  const get = verb(['GET /packs/{ref}', 'get_pack'], (call, ref: string) => request.one(Pack, call({ ref })));
  return {
    /** Every pack visible to the caller, by ref. */
    list: verb(['GET /packs', 'list_packs'], (call) => request.all(PackSummary, call())),

    /** One page, by ref. */
    page: verb('GET /packs', (call, { page: number, per_page: page_size }: PageWindow) =>
      request.body(page(PackSummary), call({ query: { page: number, page_size } })),
    ),

    /** 404 NOT_FOUND. */
    get,

    /** Null for a 404. */
    getOrNull: orNull(get, 'get_pack_by_ref'),

    /** A pack without files. 409 CONFLICT, 422 VALIDATION_ERROR or UNPROCESSABLE_ENTITY. */
    create: verb(['POST /packs', 'create_pack'], (call, body: CreatePack) => request.one(Pack, call({ body }))),

    update: verb('PUT /packs/{ref}', (call, ref: string, body: Static<typeof UpdatePack>) =>
      request.one(Pack, call({ ref, body })),
    ),

    /** Removes its actions, workflows and files; executions stay. 404 NOT_FOUND. */
    remove: verb(['DELETE /packs/{ref}', 'delete_pack'], (call, ref: string) =>
      request.body(DeleteResult, call({ ref })),
    ),

    /** This verb and the next five list the components of a pack, by ref. 404 NOT_FOUND. */
    actions: verb('GET /packs/{ref}/actions', (call, ref: string) => request.all(ActionSummary, call({ ref }))),
    workflows: verb('GET /packs/{ref}/workflows', (call, ref: string) => request.all(WorkflowSummary, call({ ref }))),
    triggers: verb('GET /packs/{ref}/triggers', (call, ref: string) => request.all(TriggerSummary, call({ ref }))),
    rules: verb('GET /packs/{ref}/rules', (call, ref: string) => request.all(RuleSummary, call({ ref }))),
    sensors: verb('GET /packs/{ref}/sensors', (call, ref: string) => request.all(SensorSummary, call({ ref }))),
    runtimes: verb('GET /packs/{ref}/runtimes', (call, ref: string) => request.all(RuntimeSummary, call({ ref }))),

    /** Its environments, one per runtime with a manifest. 404 NOT_FOUND. */
    environments: verb('GET /packs/{ref}/environments', (call, ref: string) =>
      request.one(Type.Array(Environment), call({ ref })),
    ),

    /**
     * Rebuilds its environments; their status is `pending` in the response. 404 NOT_FOUND, 403
     * FORBIDDEN.
     */
    rebuild: verb('POST /packs/{ref}/environments/rebuild', (call, ref: string) =>
      request.one(Type.Array(Environment), call({ ref })),
    ),

    /**
     * Registers a directory that the server can read. 400 BAD_REQUEST without pack.yaml; 409
     * CONFLICT without `force`.
     */
    register: verb(['POST /packs/register', 'register_pack'], (call, body: RegisterPack) =>
      request.one(Pack, { ...call({ body }), timeoutMs: TESTS_TIMEOUT_MS }),
    ),

    /** Registers each directory independently; the result lists successes and failures. */
    registerBatch: verb('POST /packs/register-batch', (call, body: RegisterBatch) =>
      request.one(BatchResult, { ...call({ body }), timeoutMs: TESTS_TIMEOUT_MS }),
    ),

    /**
     * Installs a gzip tar from a URL, replacing an existing pack. 400 BAD_REQUEST with
     * SOURCE_FORBIDDEN, SOURCE_UNREACHABLE.
     */
    install: verb('POST /packs/install', (call, body: InstallPack) =>
      request.one(InstallResult, { ...call({ body }), timeoutMs: TESTS_TIMEOUT_MS }),
    ),

    /**
     * Fetches gzip tars into directories of the server, from which they can be registered; the
     * result lists successes and failures.
     */
    download: verb('POST /packs/download', (call, body: DownloadPacks) =>
      request.one(DownloadResult, { ...call({ body }), timeoutMs: UPLOAD_TIMEOUT_MS }),
    ),

    /** What directories of the server depend on; nothing is stored. */
    dependencies: verb('POST /packs/dependencies', (call, paths: string[]) =>
      request.one(DependencyAnalysis, call({ body: { pack_paths: paths } })),
    ),

    /** The environments that workers build for these directories once they are registered. */
    detectEnvironments: verb('POST /packs/build-envs', (call, body: DetectEnvironments) =>
      request.one(DetectedEnvironments, call({ body })),
    ),

    /**
     * A gzip tar of its files: for tokens of sensors and workers, 403 FORBIDDEN for any other. 404
     * NOT_FOUND.
     */
    archive: verb('GET /internal/packs/{ref}/archive', (call, ref: string) =>
      request.bytes({ ...call({ ref }), timeoutMs: UPLOAD_TIMEOUT_MS }),
    ),

    /** Registers the workflows of its files again. 404 NOT_FOUND. */
    syncWorkflows: verb('POST /packs/{ref}/workflows/sync', (call, ref: string) =>
      request.one(SyncResult, call({ ref })),
    ),

    /** Validates the workflows of its files. 404 NOT_FOUND. */
    validateWorkflows: verb('POST /packs/{ref}/workflows/validate', (call, ref: string) =>
      request.one(WorkflowValidation, call({ ref })),
    ),

    /** Runs its tests. 400 BAD_REQUEST without any; 503 PACK_TESTS_UNAVAILABLE. */
    test: verb('POST /packs/{ref}/test', (call, ref: string) =>
      request.one(PackTestResult, { ...call({ ref }), timeoutMs: TESTS_TIMEOUT_MS }),
    ),

    /** Every result of its tests that is kept, the newest first. 404 NOT_FOUND. */
    tests: verb('GET /packs/{ref}/tests', (call, ref: string) => request.all(PackTestRecord, call({ ref }))),

    /** 404 NOT_FOUND where its tests were never run. */
    latestTest: verb('GET /packs/{ref}/tests/latest', (call, ref: string) =>
      request.one(PackTestRecord, call({ ref })),
    ),

    /** Uploads a local directory as a gzip tar. 400 BAD_REQUEST, 409 CONFLICT without `force`. */
    upload: verb(
      ['POST /packs/upload', 'upload_pack'],
      async (call, directory: string, options: { force?: boolean; skipTests?: boolean } = {}) => {
        const body = new FormData();
        body.append('force', String(options.force ?? false));
        body.append('skip_tests', String(options.skipTests ?? true));
        body.append('pack', new Blob([await archiveDirectory(directory)], { type: 'application/gzip' }), 'pack.tar.gz');
        return request.one(InstallResult, { ...call({ body }), timeoutMs: TESTS_TIMEOUT_MS });
      },
    ),
  };
};
