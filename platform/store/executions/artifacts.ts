import { sql, type Selectable } from 'kysely';
import type {
  Artifact,
  ArtifactFilter,
  ArtifactSummary,
  ArtifactVersion,
  ArtifactVersionSummary,
} from '../../../contract/artifacts';
import type { Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { equalColumns } from '../database/list-rows';
import { ownedByTenant } from '../database/tenant-filter';

export type ArtifactRow = Selectable<Tables['artifact']>;
export type ArtifactVersionRow = Selectable<Tables['artifact_version']>;
/** The execution that a right to read the artifact is checked on. */
export interface ArtifactAccess extends Pick<ArtifactRow, 'id' | 'ref' | 'scope' | 'owner' | 'visibility'> {
  /** The pack that it belongs to, directly or through its action or sensor; null: to none. */
  readonly owning_pack_ref: string | null;
}
export type FoundArtifact = ArtifactRow & ArtifactAccess;

/** Of a deleted action or sensor only the ref is known: its first part. */
const packRefOfOwner = (table: 'action' | 'sensor') => sql`
  coalesce((select c.pack_ref from ${sql.table(table)} c where c.ref = artifact.owner order by c.tenant desc limit 1),
    substring(artifact.owner from '^([^.]+)[.]'))`;

const OWNING_PACK_REF = sql<string | null>`case artifact.scope when 'pack' then artifact.owner
  when 'action' then ${packRefOfOwner('action')} when 'sensor' then ${packRefOfOwner('sensor')} end`.as(
  'owning_pack_ref',
);

/** Deletes the artifacts of execution logs whose files are about to be removed. */
export const removeLogs = (transaction: Transaction, executions: readonly number[]): Promise<unknown> =>
  sql`select remove_logs(${executions}::bigint[])`.execute(transaction);

const hasVersionOfExecution = (execution: number) =>
  sql<boolean>`exists (select from artifact_version v where v.artifact = artifact.id and v.execution = ${execution})`;

/** All matches, newest first, with the columns that authorization needs. */
export async function listArtifactAccess(transaction: Transaction, filter: ArtifactFilter): Promise<ArtifactAccess[]> {
  const { scope, owner, type, visibility, execution, name } = filter;
  let query = transaction
    .selectFrom('artifact')
    .select(['id', 'ref', 'scope', 'owner', 'visibility', OWNING_PACK_REF])
    .where(ownedByTenant)
    .where(equalColumns<'artifact'>({ scope, owner, type, visibility }))
    .orderBy('created', 'desc')
    .orderBy('id', 'desc');
  if (execution !== undefined) query = query.where(hasVersionOfExecution(execution));
  if (name !== undefined) query = query.where(sql<boolean>`strpos(lower(name), lower(${name})) > 0`);
  return query.execute();
}

/** In the order of `ids`. */
export async function findArtifactsById(transaction: Transaction, ids: readonly number[]): Promise<ArtifactRow[]> {
  if (ids.length === 0) return [];
  const rows = await transaction
    .selectFrom('artifact')
    .selectAll()
    .where('id', 'in', ids)
    .where(ownedByTenant)
    .execute();
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** By id or ref. Null where it does not exist. */
export async function findArtifact(transaction: Transaction, idOrRef: number | string): Promise<FoundArtifact | null> {
  const query = transaction
    .selectFrom('artifact')
    .selectAll()
    .select(OWNING_PACK_REF)
    .where(typeof idOrRef === 'number' ? 'id' : 'ref', '=', idOrRef)
    .where(ownedByTenant);
  return (await query.executeTakeFirst()) ?? null;
}

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

export const toArtifactSummary = (row: ArtifactRow): ArtifactSummary => ({
  id: row.id,
  ref: row.ref,
  scope: row.scope,
  owner: row.owner,
  type: row.type,
  visibility: row.visibility,
  name: row.name,
  content_type: row.content_type,
  size_bytes: row.size_bytes,
  created: row.created,
  updated: row.updated,
});

export const toArtifact = (row: ArtifactRow): Artifact => ({
  ...toArtifactSummary(row),
  retention_policy: row.retention_policy,
  retention_limit: row.retention_limit,
  description: row.description,
  ...(row.data !== null && { data: row.data }),
});

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
