import { sql, type Selectable } from 'kysely';
import type {
  Artifact,
  ArtifactFilter,
  ArtifactSummary,
  ArtifactVersion,
  ArtifactVersionSummary,
} from '../../contract/artifacts';
import type { StreamName } from '../../contract/executions';
import type { Claim } from '../worker/attempt';
import { asJson, type Database, type Transaction } from './database';
import type { ArtifactTable, ArtifactVersionTable } from './rows-artifacts';
import { own } from './walls';

export type ArtifactRow = Selectable<ArtifactTable>;
export type VersionRow = Selectable<ArtifactVersionTable>;
/** What the right to read it is asked of. */
export type ArtifactName = Pick<ArtifactRow, 'id' | 'ref' | 'scope' | 'owner' | 'visibility'>;

/** A stream on which an attempt said something, and how much was kept of it. */
export interface Said {
  readonly stream: StreamName;
  readonly bytes: number;
}

/** Writes down what an attempt said: once for each execution, however often it is told. Nothing once it is fenced. */
export const keepLogs = (
  db: Database,
  { tenant, execution, attempt, fencingToken }: Claim,
  said: readonly Said[],
): Promise<unknown> =>
  db.inTenant(tenant, (transaction) => {
    const told = asJson(said.map(({ stream, bytes }) => ({ stream, bytes })));
    return sql`select keep_logs(${execution}, ${attempt}, ${fencingToken}, ${told}::jsonb)`.execute(transaction);
  });

/** Forgets the logs of executions whose files are about to go. */
export const forgetLogs = (transaction: Transaction, executions: readonly number[]): Promise<unknown> =>
  sql`select forget_logs(${executions}::bigint[])`.execute(transaction);

const byExecution = (execution: number) =>
  sql<boolean>`exists (select from artifact_version v where v.artifact = artifact.id and v.execution = ${execution})`;

/** All that match, newest first: no more of each than is needed to say who may read it. */
export async function artifactNames(transaction: Transaction, filter: ArtifactFilter): Promise<ArtifactName[]> {
  const { scope, owner, type, visibility, execution, name } = filter;
  let query = transaction
    .selectFrom('artifact')
    .select(['id', 'ref', 'scope', 'owner', 'visibility'])
    .where(own)
    .orderBy('created', 'desc')
    .orderBy('id', 'desc');
  if (scope !== undefined) query = query.where('scope', '=', scope);
  if (owner !== undefined) query = query.where('owner', '=', owner);
  if (type !== undefined) query = query.where('type', '=', type);
  if (visibility !== undefined) query = query.where('visibility', '=', visibility);
  if (execution !== undefined) query = query.where(byExecution(execution));
  if (name !== undefined) query = query.where(sql<boolean>`strpos(lower(name), lower(${name})) > 0`);
  return query.execute();
}

/** In the order of the ids given. */
export async function artifactsAt(transaction: Transaction, ids: readonly number[]): Promise<ArtifactRow[]> {
  if (ids.length === 0) return [];
  const rows = await transaction.selectFrom('artifact').selectAll().where('id', 'in', ids).where(own).execute();
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** By number or by ref. Null where there is none. */
export async function findArtifact(transaction: Transaction, which: number | string): Promise<ArtifactRow | null> {
  const query = transaction
    .selectFrom('artifact')
    .selectAll()
    .where(typeof which === 'number' ? 'id' : 'ref', '=', which)
    .where(own);
  return (await query.executeTakeFirst()) ?? null;
}

/** Newest first. */
export const versionsOf = (transaction: Transaction, artifact: number): Promise<VersionRow[]> =>
  transaction
    .selectFrom('artifact_version')
    .selectAll()
    .where('artifact', '=', artifact)
    .where(own)
    .orderBy('version', 'desc')
    .execute();

/** Null where there is none. */
export async function findVersion(
  transaction: Transaction,
  artifact: number,
  version: number | 'latest',
): Promise<VersionRow | null> {
  let query = transaction.selectFrom('artifact_version').selectAll().where('artifact', '=', artifact).where(own);
  if (version !== 'latest') query = query.where('version', '=', version);
  return (await query.orderBy('version', 'desc').limit(1).executeTakeFirst()) ?? null;
}

export const artifactSummaryOf = (row: ArtifactRow): ArtifactSummary => ({
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

export const artifactOf = (row: ArtifactRow): Artifact => ({
  ...artifactSummaryOf(row),
  retention_policy: row.retention_policy,
  retention_limit: row.retention_limit,
  description: row.description,
  ...(row.data !== null && { data: row.data }),
});

export const versionSummaryOf = (row: VersionRow): ArtifactVersionSummary => ({
  id: row.id,
  version: row.version,
  ...(row.execution !== null && { execution: row.execution }),
  content_type: row.content_type,
  size_bytes: row.size_bytes,
  ...(row.file_path !== null && { file_path: row.file_path }),
  created_by: row.created_by,
  created: row.created,
});

export const versionOf = (row: VersionRow): ArtifactVersion => ({
  ...versionSummaryOf(row),
  artifact: row.artifact,
  ...(row.content_json !== null && { content_json: row.content_json }),
  ...(row.meta !== null && { meta: row.meta }),
});
