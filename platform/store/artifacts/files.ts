import { sql } from 'kysely';
import { now, type Database, type Transaction } from '../database/connection';
import { ownedByTenant } from '../database/tenant-filter';

interface FileOfTenant {
  readonly id: number;
  readonly tenant: number;
}

/** Files of removed versions, in all tenants. */
export const listRemovedFiles = (db: Database, portion: number): Promise<FileOfTenant[]> =>
  db.singleStatement(
    async (transaction) =>
      (await sql<FileOfTenant>`select * from removed_artifact_files(${portion})`.execute(transaction)).rows,
  );

/**
 * Deletes the record of a file together with the file. `remove` gets the path below the tenant's
 * artifacts directory, and may be called twice.
 */
export const removeRecordedFile = (
  db: Database,
  { id, tenant }: FileOfTenant,
  remove: (path: string) => Promise<void>,
): Promise<void> =>
  db.inTenant(tenant, async (transaction) => {
    const deleted = transaction.deleteFrom('removed_artifact_file').where('id', '=', id).where(ownedByTenant);
    const row = await deleted.returning('path').executeTakeFirst();
    if (row) await remove(row.path);
  });

/** The path is used again: waits for a removal that is in progress, and prevents others. */
export const reclaimPath = (transaction: Transaction, path: string): Promise<unknown> =>
  transaction.deleteFrom('removed_artifact_file').where('path', '=', path).where(ownedByTenant).execute();

/** Versions whose file an ended execution wrote and whose size is not known, in all tenants. */
export const listUnmeasuredFiles = (
  db: Database,
  portion: number,
): Promise<(FileOfTenant & { readonly path: string })[]> =>
  db.singleStatement(
    async (transaction) =>
      (await sql<FileOfTenant & { path: string }>`select * from unmeasured_files(${portion})`.execute(transaction))
        .rows,
  );

export const recordFileSize = (db: Database, { id, tenant }: FileOfTenant, bytes: number): Promise<void> =>
  db.inTenant(tenant, (transaction) => setFileSize(transaction, id, bytes));

/** The size of a version, and of its artifact where it is the newest. */
export async function setFileSize(transaction: Transaction, version: number, bytes: number): Promise<void> {
  const measured = transaction.updateTable('artifact_version').set({ size_bytes: bytes }).where('id', '=', version);
  const row = await measured.where(ownedByTenant).returning(['artifact', 'version']).executeTakeFirst();
  if (!row) return;
  await sql`update artifact set size_bytes = ${bytes}, updated = ${now}
    where id = ${row.artifact} and last_version = ${row.version}`.execute(transaction);
}

/** Removes versions beyond the time that is kept; `tenants` null: in all. Returns how many. */
export const removeExpiredVersions = (
  db: Database,
  tenants: readonly number[] | null,
  portion: number,
): Promise<number> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ removed: number }>`
      select remove_expired_versions(${tenants && [...tenants]}::int[], ${portion}) as removed`.execute(transaction);
    return rows[0]!.removed;
  });
