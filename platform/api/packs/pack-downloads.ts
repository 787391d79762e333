import { dataEnvelope } from '../../../contract/envelopes';
import { DownloadPacks, DownloadResult } from '../../../contract/source-packs';
import type { Caller } from '../../auth/caller';
import { DomainError } from '../../base/domain-error';
import { createGuard } from '../../egress/egress-guard';
import { packError } from '../../packs/pack-errors';
import { readManifestInProcess } from '../../packs/process/in-pack-process';
import { createDownloadDirectory } from '../../packs/sources/downloads';
import { fetchPack } from '../../packs/sources/fetch-pack';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { disconnectSignal } from './disconnect-signal';
import { resolvePackSource } from './resolve-source';
import { removeTree } from '../../files/remove-tree';

type Downloaded = DownloadResult['downloaded_packs'][number];
type Failed = DownloadResult['failed_packs'][number];

/** `POST /packs/download`: each pack by itself; the result lists those that failed. */
export function packDownloadRoute(api: Api, context: ApiContext): void {
  routeAfterCommit(api, {
    method: 'POST',
    path: '/api/v1/packs/download',
    grant: 'packs:install',
    schema: { tags: ['packs'], body: DownloadPacks, response: { 200: dataEnvelope(DownloadResult) } },
    respond: async ({ caller, body, reply }) => ({
      data: await downloadAll(context, caller, body, disconnectSignal(reply)),
    }),
  });
}

async function downloadAll(
  context: ApiContext,
  caller: Caller,
  body: DownloadPacks,
  signal: AbortSignal,
): Promise<DownloadResult> {
  const downloaded: Downloaded[] = [];
  const failed: Failed[] = [];
  for (const source of body.packs) {
    try {
      downloaded.push(await downloadOne(context, caller, source, body, signal));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failed.push({ source, error: error.message });
    }
  }
  return {
    downloaded_packs: downloaded,
    failed_packs: failed,
    total_count: body.packs.length,
    success_count: downloaded.length,
    failure_count: failed.length,
  };
}

/** Throws DomainError, and leaves nothing behind then. */
async function downloadOne(
  context: ApiContext,
  caller: Caller,
  source: string,
  { ref_spec: refSpec = null, registry_url: registryUrl = null, timeout, verify_ssl: verifyTls }: DownloadPacks,
  signal: AbortSignal,
): Promise<Downloaded> {
  const access = { guard: createGuard(context.egressPolicy), signal };
  const origin = await resolvePackSource(context, caller, { source, refSpec, registryUrl }, access);
  if (origin.is === 'directory') throw packError('SOURCE_FORBIDDEN', 'a directory of the server is not downloaded');
  const into = await createDownloadDirectory(context.directory, caller.tenant);
  try {
    const { directory, checksum } = await fetchPack(origin, into, {
      ...access,
      program: context.program,
      ...(timeout !== undefined && { timeoutMs: timeout * 1_000 }),
      ...(verifyTls !== undefined && { verifyTls }),
    });
    const { ref, version } = await readManifestInProcess(directory, { program: context.program, signal });
    return {
      source,
      source_type: 'archive',
      pack_path: directory,
      pack_ref: ref,
      pack_version: version,
      git_commit: null,
      checksum,
    };
  } catch (error) {
    await removeTree(into);
    throw error;
  }
}
