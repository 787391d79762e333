import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { packOfSensor } from '../../auth/grants';
import { isTextHidden, loadPack, packNotFound } from '../../auth/pack-access';
import { ignoreCodes } from '../../base/error-details';
import { archivePack } from '../../packs/storage/archive-pack';
import type { PackRow } from '../../store/packs/packs';
import { refParams } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';

/**
 * `GET /internal/packs/{ref}/archive`: the files of a pack as a gzip tar, below a directory named
 * by its ref. For workers and sensors; of a private pack, for its own sensors. Registered again,
 * it gives the same pack.
 */
export function packArchiveRoute(api: Api, context: ApiContext): void {
  routeAfterCommit(api, {
    method: 'GET',
    path: '/api/v1/internal/packs/:ref/archive',
    grant: null,
    tokens: ['worker', 'sensor'],
    exposeHeadRoute: false,
    schema: { tags: ['internal'], params: refParams, produces: ['application/gzip'] },
    load: async ({ transaction, caller, rights, params: { ref } }) => {
      const pack = await loadPack(transaction, ref);
      if (pack.ref === (await packOfSensor(transaction, caller))) return pack;
      if (await isTextHidden(transaction, await rights(), pack.ref)) throw packNotFound(ref);
      return pack;
    },
    respond: async ({ caller: { tenant }, loaded, reply }) => {
      const file = await archiveCurrent(context, tenant, loaded);
      return reply
        .type('application/gzip')
        .header('content-length', (await file.stat()).size)
        .header('x-content-type-options', 'nosniff')
        .header('cache-control', 'no-store')
        .send(file.createReadStream());
    },
  });
}

/** Of the files registered now, where those of the row are removed meanwhile. NOT_FOUND. */
async function archiveCurrent(context: ApiContext, tenant: number, { ref, storage }: PackRow): Promise<FileHandle> {
  if (storage === null) throw packNotFound(ref);
  const home = join(context.packsDirectory, String(tenant));
  await mkdir(home, { recursive: true });
  const file = join(home, `.archive-${randomUUID()}`);
  const archive = await archivePack(storage, ref, file).catch(ignoreCodes('ENOENT'));
  if (archive !== undefined) return archive;
  const current = await context.db.readingInTenant(tenant, (transaction) => loadPack(transaction, ref));
  if (current.storage === storage) throw packNotFound(ref);
  return archiveCurrent(context, tenant, current);
}
