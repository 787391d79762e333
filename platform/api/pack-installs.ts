import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { one } from '../../contract/envelopes';
import { BatchResult, InstallPack, InstallResult, Pack, RegisterBatch, RegisterPack } from '../../contract/packs';
import { guardOf } from '../egress/guard';
import { unpack } from '../packs/archive';
import { fetchArchive, originOf, type PackOrigin } from '../packs/fetch-pack';
import { directoryToRegister } from '../packs/pack-roots';
import { installPack } from '../packs/pack-storage';
import type { Registration } from '../packs/register';
import { packOf } from '../store/packs';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { requireGrant } from './grants';

const PATH = '/api/v1/packs';
const tags = ['packs'];
const config = { grant: 'packs:install' } as const;

/** Packs from where the server finds them: a directory, several, or an address. */
export function packInstallRoutes(api: Api, context: ApiContext): void {
  api.post(
    `${PATH}/register`,
    { config, schema: { tags, body: RegisterPack, response: { 201: one(Pack) } } },
    async ({ caller, body: { path, force = false } }, reply) => {
      await mayInstall(context, caller);
      const done = await fromDirectory(context, caller, path, { force, installer: null });
      return reply.code(201).send({ data: packOf(done.pack), message: messageOf(done) });
    },
  );

  api.post(
    `${PATH}/install`,
    { config, schema: { tags, body: InstallPack, response: { 200: one(InstallResult) } } },
    async ({ caller, body: { source, ref_spec = null } }) => {
      await mayInstall(context, caller);
      return { data: installResultOf(await fromOrigin(context, caller, originOf(source, ref_spec))) };
    },
  );

  api.post(
    `${PATH}/register-batch`,
    { config, schema: { tags, body: RegisterBatch, response: { 200: one(BatchResult) } } },
    async ({ caller, body }) => {
      await mayInstall(context, caller);
      return { data: await registerAll(context, caller, body) };
    },
  );
}

/** Before any look at the server's files or at another server. */
const mayInstall = ({ db }: ApiContext, caller: Caller): Promise<void> =>
  db.inTenant(caller.tenant, (transaction) => requireGrant(transaction, caller, 'packs', 'install'));

interface How {
  readonly force: boolean;
  readonly installer: number | null;
}

async function fromDirectory(
  { db, packsDirectory, packRoots }: ApiContext,
  { tenant }: Caller,
  path: string,
  how: How,
): Promise<Registration> {
  const directory = await directoryToRegister(path, packsDirectory, packRoots);
  return installPack(db, { directory, tenant, packsDirectory, ...how });
}

/** What is installed from a source replaces what is there, and belongs to who had it installed. */
async function fromOrigin(context: ApiContext, caller: Caller, origin: PackOrigin): Promise<Registration> {
  const how = { force: true, installer: caller.identity };
  if (origin.is === 'directory') return fromDirectory(context, caller, origin.path, how);
  const { db, packsDirectory, egress } = context;
  const scratch = join(packsDirectory, String(caller.tenant), `.fetch-${randomUUID()}`);
  const files = join(scratch, 'files');
  await mkdir(files, { recursive: true });
  try {
    const archive = join(scratch, 'pack.tar.gz');
    await fetchArchive(origin.url, guardOf(egress), archive);
    return await installPack(db, {
      directory: await unpack(archive, files),
      tenant: caller.tenant,
      packsDirectory,
      ...how,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Registered = BatchResult['registered_packs'][number];
type Failed = BatchResult['failed_packs'][number];

/** Each by itself: one that is refused is told beside those that were not. */
async function registerAll(context: ApiContext, caller: Caller, body: RegisterBatch): Promise<BatchResult> {
  const began = performance.now();
  const registered: Registered[] = [];
  const failed: Failed[] = [];
  for (const given of body.pack_paths) {
    const base = body.packs_base_dir ?? null;
    const path = base === null || isAbsolute(given) ? given : join(base, given);
    try {
      const how = { force: body.force ?? false, installer: null };
      registered.push(registeredOf(await fromDirectory(context, caller, path, how), context, caller));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed.push({ pack_ref: '', pack_path: given, error: error.message, error_stage: stageOf(error) });
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
      duration_ms: Math.round(performance.now() - began),
    },
  };
}

const registeredOf = (
  { pack, warnings, counts }: Registration,
  { packsDirectory }: ApiContext,
  { tenant }: Caller,
): Registered => ({
  pack_ref: pack.ref,
  pack_id: pack.id,
  pack_version: pack.version,
  storage_path: relative(join(packsDirectory, String(tenant)), pack.storage ?? ''),
  components_registered: { ...counts, policies: 0 },
  test_result: null,
  validation_results: { valid: warnings.length === 0, errors: [...warnings] },
});

const stageOf = ({ code }: Refusal): string =>
  code === 'BAD_REQUEST' || code === 'UNPROCESSABLE_ENTITY' ? 'validation' : 'registration';

const messageOf = ({ pack, warnings }: Registration): string =>
  [`Pack '${pack.ref}' registered`, ...warnings].join('; ');

/** Pack tests are not run here, and the answer says so. */
export const installResultOf = ({ pack, warnings }: Registration): InstallResult => ({
  pack: packOf(pack),
  test_result: null,
  tests_skipped: true,
  ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
});
