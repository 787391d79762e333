import { sql, type Selectable } from 'kysely';
import type { Database, Transaction } from '../database/connection';
import { lockPack } from './packs';
import type { Tables } from '../database/tables';
import { ownedByTenant } from '../database/tenant-filter';

export type ReplacedFiles = Pick<Selectable<Tables['replaced_files']>, 'kind' | 'path'>;

/**
 * Marks directories for removal, once no attempt that was claimed before this transaction uses
 * them.
 */
export async function markFilesReplaced(
  transaction: Transaction,
  packRef: string,
  files: readonly ReplacedFiles[],
): Promise<void> {
  if (files.length === 0) return;
  await transaction
    .insertInto('replaced_files')
    .values(files.map(({ kind, path }) => ({ pack_ref: packRef, kind, path })))
    .onConflict((on) => on.columns(['tenant', 'path']).doUpdateSet({ boundary: sql`nextval('fencing_token')` }))
    .execute();
}

export interface UnusedFiles {
  readonly id: number;
  readonly tenant: number;
  readonly pack_ref: string;
}

/**
 * Directories that no attempt uses any more, in all tenants, in the order in which they were
 * replaced.
 */
export const listUnusedFiles = (db: Database): Promise<UnusedFiles[]> =>
  db.singleStatement(
    async (transaction) => (await sql<UnusedFiles>`select * from unused_files()`.execute(transaction)).rows,
  );

interface FileRemover {
  /**
   * Hash of the manifests that the environment at this path was built from; null when it is not
   * recorded.
   */
  contentHash(path: string): Promise<string | null>;
  /** Removes the directory. */
  remove(files: ReplacedFiles): Promise<void>;
}

/**
 * Deletes the mark of one of them and removes the directory, while its pack cannot change. A
 * directory that is in use again is kept. The remover may be called twice.
 */
export const removeUnusedFiles = (db: Database, unused: UnusedFiles, remover: FileRemover): Promise<void> =>
  db.inTenant(unused.tenant, async (transaction) => {
    const pack = await lockPack(transaction, unused.pack_ref);
    const { rows } = await sql<ReplacedFiles>`
      delete from replaced_files where id = ${unused.id} and ${ownedByTenant} and id in (select id from unused_files())
      returning kind, path`.execute(transaction);
    const [files] = rows;
    if (files === undefined) return;
    if (pack === null || !(await isInUse(transaction, pack, files, remover))) await remover.remove(files);
  });

async function isInUse(
  transaction: Transaction,
  pack: { readonly id: number; readonly storage: string | null },
  { kind, path }: ReplacedFiles,
  remover: FileRemover,
): Promise<boolean> {
  if (kind === 'registration') return pack.storage === path;
  if (kind === 'environments') return true; // a pack of that ref was registered again and uses them
  const builtFrom = await remover.contentHash(path);
  if (builtFrom === null) return false;
  const environments = transaction.selectFrom('environment').select('id').where('pack', '=', pack.id);
  return (await environments.where('content_hash', '=', builtFrom).executeTakeFirst()) !== undefined;
}
