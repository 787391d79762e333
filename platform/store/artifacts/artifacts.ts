import { sql, type Selectable } from 'kysely';
import type { Artifact, ArtifactFilter, ArtifactSummary } from '../../../contract/artifacts';
import type { Transaction } from '../database/connection';
import type { Tables } from '../database/tables';
import { equalColumns } from '../database/list-rows';
import { ADVISORY_LOCKS } from '../database/advisory-locks';
import { ownedByTenant } from '../database/tenant-filter';
import { owningPackRef } from './owning-pack';

export type ArtifactRow = Selectable<Tables['artifact']>;
/** The execution that a right to read the artifact is checked on. */
export interface ArtifactAccess extends Pick<ArtifactRow, 'id' | 'ref' | 'scope' | 'owner' | 'visibility' | 'creator'> {
  /** The pack that it belongs to, directly or through its action or sensor; null: to none. */
  readonly owning_pack_ref: string | null;
}
export type FoundArtifact = ArtifactRow & ArtifactAccess;

const OWNING_PACK_REF = owningPackRef(sql.ref('artifact.scope'), sql.ref('artifact.owner')).as('owning_pack_ref');

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
    .select(['id', 'ref', 'scope', 'owner', 'visibility', 'creator', OWNING_PACK_REF])
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

/** Until the commit, no other transaction that calls this with the ref goes on. */
export const lockArtifactRef = (transaction: Transaction, tenant: number, ref: string): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.artifactRef}, hashtext(${`${tenant}:${ref}`}))`.execute(
    transaction,
  );

/**
 * By id or ref. Null where it does not exist. `for update`: no one else changes it until the
 * commit.
 */
export async function findArtifact(
  transaction: Transaction,
  idOrRef: number | string,
  lock?: 'for update',
): Promise<FoundArtifact | null> {
  const query = transaction
    .selectFrom('artifact')
    .selectAll()
    .select(OWNING_PACK_REF)
    .where(typeof idOrRef === 'number' ? 'id' : 'ref', '=', idOrRef)
    .where(ownedByTenant);
  return (await query.$if(lock !== undefined, (locked) => locked.forNoKeyUpdate()).executeTakeFirst()) ?? null;
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
