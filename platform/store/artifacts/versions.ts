import { sql, type Selectable } from 'kysely';
import type { ArtifactVersion, ArtifactVersionSummary } from '../../../contract/artifacts';
import type { Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { now, type Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { ownedByTenant } from '../database/tenant-filter';
import { nullableJson } from '../packs/packs';
import type { ArtifactRow } from './artifacts';

export type ArtifactVersionRow = Selectable<Tables['artifact_version']>;

/** Newest first. */
export const listArtifactVersions = (transaction: Transaction, artifact: number): Promise<ArtifactVersionRow[]> =>
  transaction
    .selectFrom('artifact_version')
    .selectAll()
    .where('artifact', '=', artifact)
    .where(ownedByTenant)
    .orderBy('version', 'desc')
    .execute();

/** Null where it does not exist. */
export async function findArtifactVersion(
  transaction: Transaction,
  artifact: number,
  version: number | 'latest',
): Promise<ArtifactVersionRow | null> {
  let query = transaction
    .selectFrom('artifact_version')
    .selectAll()
    .where('artifact', '=', artifact)
    .where(ownedByTenant);
  if (version !== 'latest') query = query.where('version', '=', version);
  return (await query.orderBy('version', 'desc').limit(1).executeTakeFirst()) ?? null;
}

export interface NewVersionRow {
  readonly content_type: string | null;
  /** Null: not known yet. */
  readonly size_bytes: number | null;
  readonly execution: number | null;
  readonly meta: Json;
  readonly created_by: string | null;
  readonly content_json?: Json;
  readonly file_path?: string;
  readonly bytes?: Buffer;
}

/** The number of the next version of an artifact that the transaction has locked. */
export const nextVersion = ({ last_version }: ArtifactRow): number => last_version + 1;

/**
 * Adds the next version of an artifact that the transaction has locked, and removes those beyond
 * its retention.
 */
export async function addVersion(
  transaction: Transaction,
  artifact: ArtifactRow,
  { bytes, meta, content_json, ...columns }: NewVersionRow,
): Promise<ArtifactVersionRow> {
  const version = nextVersion(artifact);
  const { size_bytes, content_type } = columns;
  await transaction
    .updateTable('artifact')
    .set({ last_version: version, size_bytes, updated: now, ...(content_type !== null && { content_type }) })
    .where('id', '=', artifact.id)
    .execute();
  const row = await transaction
    .insertInto('artifact_version')
    .values({
      artifact: artifact.id,
      version,
      ...columns,
      meta: nullableJson(meta),
      content_json: jsonOrNull(content_json),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (bytes) await transaction.insertInto('artifact_content').values({ version: row.id, bytes }).execute();
  await removeSurplusVersions(transaction, artifact.id);
  return row;
}

/** A content of null is JSON too: only undefined is no content. */
const jsonOrNull = (value: Json | undefined): string | null => (value === undefined ? null : writeJson(value));

/** Removes the oldest versions beyond the number that is kept. Logs have their own retention. */
export const removeSurplusVersions = (transaction: Transaction, artifact: number): Promise<unknown> =>
  sql`delete from artifact_version v using artifact a
    where a.id = ${artifact} and v.artifact = a.id and v.stream is null and a.retention_policy = 'versions'
      and v.version <= (select kept.version from artifact_version kept where kept.artifact = a.id and kept.stream is null
        order by kept.version desc offset greatest(a.retention_limit, 1) limit 1)`.execute(transaction);

/** The artifact then has the size of its newest version. */
export async function removeVersion(transaction: Transaction, { id, artifact }: ArtifactVersionRow): Promise<void> {
  await transaction.deleteFrom('artifact_version').where('id', '=', id).execute();
  await sql`update artifact set updated = ${now}, size_bytes = (select v.size_bytes from artifact_version v
    where v.artifact = artifact.id order by v.version desc limit 1) where id = ${artifact}`.execute(transaction);
}

/** The bytes of an uploaded version; null for any other. */
export async function findUploadedBytes(transaction: Transaction, { id }: ArtifactVersionRow): Promise<Buffer | null> {
  const query = transaction.selectFrom('artifact_content').select('bytes').where('version', '=', id);
  return (await query.where(ownedByTenant).executeTakeFirst())?.bytes ?? null;
}

export const toArtifactVersionSummary = (row: ArtifactVersionRow): ArtifactVersionSummary => ({
  id: row.id,
  version: row.version,
  ...(row.execution !== null && { execution: row.execution }),
  content_type: row.content_type,
  size_bytes: row.size_bytes,
  ...(row.file_path !== null && { file_path: row.file_path }),
  created_by: row.created_by,
  created: row.created,
});

export const toArtifactVersion = (row: ArtifactVersionRow): ArtifactVersion => ({
  ...toArtifactVersionSummary(row),
  artifact: row.artifact,
  ...(row.content_json !== null && { content_json: row.content_json }),
  ...(row.meta !== null && { meta: row.meta }),
});
