import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { dataEnvelope } from '../../../contract/envelopes';
import { BatchResult, InstallPack, InstallResult, Pack, RegisterBatch, RegisterPack } from '../../../contract/packs';
import { createGuard } from '../../egress/egress-guard';
import { unpackInProcess } from '../../packs/sources/unpack-in-process';
import { fetchArchive, parsePackSource, type PackOrigin } from '../../packs/sources/fetch-pack';
import { resolvePackDirectory } from '../../packs/sources/pack-roots';
import { installPack } from '../../packs/storage/pack-storage';
import type { Registration } from '../../packs/save/register';
import { toPack } from '../../store/packs/packs';
import { DomainError } from '../../domain-error';
import type { Api, ApiContext } from '../http/context';
import type { Caller } from '../../auth/caller';
import { approvePack } from './approve-pack';
import { disconnectSignal } from './disconnect-signal';
import { routeAfterCommit } from '../http/route';

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
    respond: async ({ caller, body: { path, force = false } }) => {
      const registration = await installFromDirectory(context, caller, path, { force, installer: null });
      return { data: toPack(registration.pack), message: registrationMessage(registration) };
    },
  });

  routeAfterCommit(api, {
    ...install,
    path: `${PATH}/install`,
    schema: { tags, body: InstallPack, response: { 200: dataEnvelope(InstallResult) } },
    respond: async ({ caller, reply, body: { source, ref_spec = null } }) => {
      const origin = parsePackSource(source, ref_spec);
      const registration = await installFromOrigin(context, caller, origin, disconnectSignal(reply));
      return { data: presentInstallResult(registration) };
    },
  });

  routeAfterCommit(api, {
    ...install,
    path: `${PATH}/register-batch`,
    schema: { tags, body: RegisterBatch, response: { 200: dataEnvelope(BatchResult) } },
    respond: async ({ caller, body }) => ({ data: await registerBatch(context, caller, body) }),
  });
}

interface InstallOptions {
  readonly force: boolean;
  readonly installer: number | null;
}

async function installFromDirectory(
  context: ApiContext,
  caller: Caller,
  path: string,
  options: InstallOptions,
): Promise<Registration> {
  const { db, packsDirectory, tenantQuota } = context;
  const directory = await resolvePackDirectory(path, context);
  const { tenant } = caller;
  return installPack(db, { directory, tenant, packsDirectory, approve: approvePack(caller, tenantQuota), ...options });
}

/**
 * A pack that is installed from a source replaces one of the same ref, and belongs to the caller.
 */
async function installFromOrigin(
  context: ApiContext,
  caller: Caller,
  origin: PackOrigin,
  signal: AbortSignal,
): Promise<Registration> {
  const options = { force: true, installer: caller.identity };
  if (origin.is === 'directory') return installFromDirectory(context, caller, origin.path, options);
  const { db, packsDirectory, egressPolicy, program, tenantQuota } = context;
  const scratch = join(packsDirectory, String(caller.tenant), `.fetch-${randomUUID()}`);
  const files = join(scratch, 'files');
  await mkdir(files, { recursive: true });
  try {
    const archive = join(scratch, 'pack.tar.gz');
    await fetchArchive(origin.url, createGuard(egressPolicy), archive, signal);
    return await installPack(db, {
      directory: await unpackInProcess(archive, files, { program, signal }),
      tenant: caller.tenant,
      packsDirectory,
      approve: approvePack(caller, tenantQuota),
      ...options,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type RegisteredPack = BatchResult['registered_packs'][number];
type FailedPack = BatchResult['failed_packs'][number];

/** Registers each pack by itself: the result lists those that failed beside those that did not. */
async function registerBatch(context: ApiContext, caller: Caller, body: RegisterBatch): Promise<BatchResult> {
  const startedAtMs = performance.now();
  const registered: RegisteredPack[] = [];
  const failed: FailedPack[] = [];
  for (const packPath of body.pack_paths) {
    const baseDirectory = body.packs_base_dir ?? null;
    const path = baseDirectory === null || isAbsolute(packPath) ? packPath : join(baseDirectory, packPath);
    try {
      const options = { force: body.force ?? false, installer: null };
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
      total_packs: body.pack_paths.length,
      success_count: registered.length,
      failure_count: failed.length,
      total_components: components.reduce((sum, count) => sum + count, 0),
      duration_ms: Math.round(performance.now() - startedAtMs),
    },
  };
}

const presentRegistration = (
  { pack, warnings, counts }: Registration,
  { packsDirectory }: ApiContext,
  { tenant }: Caller,
): RegisteredPack => ({
  pack_ref: pack.ref,
  pack_id: pack.id,
  pack_version: pack.version,
  storage_path: relative(join(packsDirectory, String(tenant)), pack.storage ?? ''),
  components_registered: { ...counts, policies: 0 },
  test_result: null,
  validation_results: { valid: warnings.length === 0, errors: [...warnings] },
});

const failureStage = ({ code }: DomainError): string =>
  code === 'BAD_REQUEST' || code === 'UNPROCESSABLE_ENTITY' ? 'validation' : 'registration';

const registrationMessage = ({ pack, warnings }: Registration): string =>
  [`Pack '${pack.ref}' registered`, ...warnings].join('; ');

/** Pack tests are not run. */
export const presentInstallResult = ({ pack, warnings }: Registration): InstallResult => ({
  pack: toPack(pack),
  test_result: null,
  tests_skipped: true,
  ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
});
