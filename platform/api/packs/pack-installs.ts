import { randomUUID } from 'node:crypto';
import { isAbsolute, join, relative } from 'node:path';
import { dataEnvelope } from '../../../contract/envelopes';
import { isObject } from '../../../contract/json';
import { BatchResult, InstallPack, InstallResult, Pack, RegisterBatch, RegisterPack } from '../../../contract/packs';
import { createGuard, type EgressGuard } from '../../egress/egress-guard';
import { fetchPack, type PackOrigin } from '../../packs/sources/fetch-pack';
import { resolvePackDirectory } from '../../packs/sources/pack-roots';
import { installPack, type Installation } from '../../packs/storage/pack-storage';
import { registrationTests, TESTS_FAILED } from '../../packs/save/registration-tests';
import type { Registration } from '../../packs/save/register';
import { toPack } from '../../store/packs/packs';
import { DomainError } from '../../base/domain-error';
import type { Api, ApiContext } from '../http/context';
import type { Caller } from '../../auth/caller';
import { approvePack } from './approve-pack';
import { disconnectSignal } from './disconnect-signal';
import { resolvePackSource } from './resolve-source';
import { routeAfterCommit } from '../http/route';
import { removeTree } from '../../files/remove-tree';

const PATH = '/api/v1/packs';
const tags = ['packs'];

/**
 * Packs from a source that the server reads: a directory, several, or an address. The grant is
 * checked first.
 */
export function packInstallRoutes(api: Api, context: ApiContext): void {
  const install = { method: 'POST', grant: 'packs:install' } as const;

  routeAfterCommit(api, {
    ...install,
    path: `${PATH}/register`,
    schema: { tags, body: RegisterPack, response: { 201: dataEnvelope(Pack) } },
    respond: async ({ caller, reply, body: { path, force = false, skip_tests: skipTests = false } }) => {
      const tests = skipTests ? null : { force };
      const options = { force, installer: null, tests, signal: disconnectSignal(reply) };
      const registration = await installFromDirectory(context, caller, path, options);
      return { data: toPack(registration.pack), message: registrationMessage(registration) };
    },
  });

  routeAfterCommit(api, {
    ...install,
    path: `${PATH}/install`,
    schema: { tags, body: InstallPack, response: { 200: dataEnvelope(InstallResult) } },
    respond: async ({ caller, reply, body: { source, ref_spec = null, skip_tests: skipTests = false } }) => {
      const signal = disconnectSignal(reply);
      const access = { guard: createGuard(context.egressPolicy), signal };
      const request = { source, refSpec: ref_spec, registryUrl: null };
      const origin = await resolvePackSource(context, caller, request, access);
      const tests = skipTests ? null : { force: false };
      const registration = await installFromOrigin(context, caller, origin, { ...access, tests });
      return { data: presentInstallResult(registration) };
    },
  });

  routeAfterCommit(api, {
    ...install,
    path: `${PATH}/register-batch`,
    schema: { tags, body: RegisterBatch, response: { 200: dataEnvelope(BatchResult) } },
    respond: async ({ caller, reply, body }) => ({
      data: await registerBatch(context, caller, body, disconnectSignal(reply)),
    }),
  });
}

/** What the request of an installation states. */
interface Requested {
  /** Null: no tests are run; `force`: also tests that fail do not refuse the pack. */
  readonly tests: { readonly force: boolean } | null;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
}

interface InstallOptions extends Requested {
  readonly force: boolean;
  readonly installer: number | null;
}

/** The part of an installation that depends on the caller and its request. */
export const callerOptions = (context: ApiContext, caller: Caller, { tests, signal }: Requested) => ({
  tenant: caller.tenant,
  packsDirectory: context.packsDirectory,
  reading: { program: context.program, signal },
  approve: approvePack(caller, context.tenantQuota),
  testFiles: tests === null ? undefined : registrationTests(context, { tenant: caller.tenant, signal, ...tests }),
});

async function installFromDirectory(
  context: ApiContext,
  caller: Caller,
  path: string,
  { force, installer, ...requested }: InstallOptions,
): Promise<Installation> {
  const directory = await resolvePackDirectory(path, context);
  return installPack(context.db, { directory, ...callerOptions(context, caller, requested), force, installer });
}

/**
 * A pack that is installed from a source replaces one of the same ref, and belongs to the caller.
 */
async function installFromOrigin(
  context: ApiContext,
  caller: Caller,
  origin: PackOrigin,
  { guard, ...requested }: Requested & { readonly guard: EgressGuard },
): Promise<Installation> {
  const options = { force: true, installer: caller.owner };
  if (origin.is === 'directory')
    return installFromDirectory(context, caller, origin.path, { ...options, ...requested });
  const { db, packsDirectory, program } = context;
  const scratch = join(packsDirectory, String(caller.tenant), `.fetch-${randomUUID()}`);
  try {
    const { directory } = await fetchPack(origin, scratch, { guard, signal: requested.signal, program });
    return await installPack(db, { directory, ...callerOptions(context, caller, requested), ...options });
  } finally {
    await removeTree(scratch);
  }
}

type RegisteredPack = BatchResult['registered_packs'][number];
type FailedPack = BatchResult['failed_packs'][number];

/** Registers each pack by itself: the result lists those that failed beside those that did not. */
async function registerBatch(
  context: ApiContext,
  caller: Caller,
  { pack_paths: packPaths, packs_base_dir: baseDirectory = null, force = false, skip_tests: skipTests }: RegisterBatch,
  signal: AbortSignal,
): Promise<BatchResult> {
  const startedAtMs = performance.now();
  const registered: RegisteredPack[] = [];
  const failed: FailedPack[] = [];
  for (const packPath of packPaths) {
    signal.throwIfAborted();
    const path = baseDirectory === null || isAbsolute(packPath) ? packPath : join(baseDirectory, packPath);
    try {
      const options = { force, installer: null, tests: skipTests === true ? null : { force }, signal };
      registered.push(presentRegistration(await installFromDirectory(context, caller, path, options), context, caller));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failed.push({ pack_ref: '', pack_path: packPath, error: error.message, error_stage: failureStage(error) });
    }
  }
  const components = registered.flatMap(({ components_registered: counts }) => Object.values(counts));
  return {
    registered_packs: registered,
    failed_packs: failed,
    summary: {
      total_packs: packPaths.length,
      success_count: registered.length,
      failure_count: failed.length,
      total_components: components.reduce((sum, count) => sum + count, 0),
      duration_ms: Math.round(performance.now() - startedAtMs),
    },
  };
}

const presentRegistration = (
  { pack, warnings, counts, testResult }: Installation,
  { packsDirectory }: ApiContext,
  { tenant }: Caller,
): RegisteredPack => ({
  pack_ref: pack.ref,
  pack_id: pack.id,
  pack_version: pack.version,
  storage_path: relative(join(packsDirectory, String(tenant)), pack.storage ?? ''),
  components_registered: { ...counts, policies: 0 },
  test_result: testResult && {
    status: testResult.status,
    total_tests: testResult.totalTests,
    passed: testResult.passed,
    failed: testResult.failed,
  },
  validation_results: { valid: warnings.length === 0, errors: [...warnings] },
});

const failureStage = ({ code, details }: DomainError): string => {
  if (code === 'PACK_TESTS_UNAVAILABLE' || (isObject(details) && details.reason === TESTS_FAILED)) return 'testing';
  return code === 'BAD_REQUEST' || code === 'UNPROCESSABLE_ENTITY' ? 'validation' : 'registration';
};

const registrationMessage = ({ pack, warnings }: Registration): string =>
  [`Pack '${pack.ref}' registered`, ...warnings].join('; ');

export const presentInstallResult = ({ pack, warnings, testResult }: Installation): InstallResult => ({
  pack: toPack(pack),
  test_result: testResult,
  tests_skipped: testResult === null,
  ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
});
