import { sql } from 'kysely';
import { defaultVisibility, type RetentionPolicy } from '../../../contract/artifacts';
import type { CreateArtifact, UpdateArtifact } from '../../../contract/artifact-requests';
import type { Json } from '../../../contract/json';
import { asJson, now, type Transaction } from '../database/connection';
import { nullableJson, patchedValue } from '../packs/packs';
import type { ArtifactRow } from './artifacts';
import { removeSurplusVersions } from './versions';

interface Retention {
  readonly policy: RetentionPolicy;
  readonly limit: number;
}

/** What an artifact keeps where the request says nothing. */
interface RetentionSource {
  readonly scope: string;
  readonly owner: string;
  /** The execution that writes its first version; null: none. */
  readonly execution: number | null;
  readonly defaultLimit: number;
}

/** Of the execution, else of the action or sensor that owns it, else a number of versions. */
async function inheritedRetention(transaction: Transaction, source: RetentionSource): Promise<Retention> {
  const { scope, owner, execution, defaultLimit } = source;
  const { rows } = await sql<Retention>`
    select coalesce(e.artifact_retention_policy, a.artifact_retention_policy, s.artifact_retention_policy, 'versions')
        as policy,
      coalesce(e.artifact_retention_limit, a.artifact_retention_limit, s.artifact_retention_limit, ${defaultLimit}) as limit
    from (select) one left join execution e on e.id = ${execution}
      left join lateral (select * from action where ${scope} = 'action' and ref = ${owner} order by tenant desc limit 1) a
        on true
      left join lateral (select * from sensor where ${scope} = 'sensor' and ref = ${owner} order by tenant desc limit 1) s
        on true`.execute(transaction);
  return rows[0]!;
}

export interface ArtifactOrigin {
  /** The identity that may read it with a plain grant; null: none. */
  readonly creator: number | null;
  readonly execution: number | null;
  readonly defaultLimit: number;
}

/** Throws the database's error for a ref that is taken. Returns its id. */
export async function createArtifact(
  transaction: Transaction,
  input: CreateArtifact,
  { creator, execution, defaultLimit }: ArtifactOrigin,
): Promise<number> {
  const { ref, scope, owner, type, name = null, description = null, content_type = null, data } = input;
  const inherited = await inheritedRetention(transaction, { scope, owner, execution, defaultLimit });
  const { id } = await transaction
    .insertInto('artifact')
    .values({
      ref,
      scope,
      owner,
      type,
      name,
      description,
      content_type,
      creator,
      visibility: input.visibility ?? defaultVisibility(type),
      retention_policy: input.retention_policy ?? inherited.policy,
      retention_limit: input.retention_limit ?? inherited.limit,
      data: nullableJson(data),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Absent fields are kept. Versions beyond a lower limit are removed. */
export async function updateArtifact(
  transaction: Transaction,
  id: number,
  { scope, owner, type, visibility, retention_policy, retention_limit, ...patches }: UpdateArtifact,
): Promise<ArtifactRow> {
  const row = await transaction
    .updateTable('artifact')
    .set({
      scope,
      owner,
      type,
      visibility,
      retention_policy,
      retention_limit,
      name: patchedValue(patches.name),
      description: patchedValue(patches.description),
      content_type: patchedValue(patches.content_type),
      data: nullableJson(patchedValue(patches.data)),
      updated: now,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await removeSurplusVersions(transaction, id);
  return row;
}

/** Null removes the data. */
export const replaceData = (transaction: Transaction, id: number, data: Json): Promise<ArtifactRow> =>
  transaction
    .updateTable('artifact')
    .set({ data: nullableJson(data), updated: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();

/** Data that is no list becomes the first entry of one. */
export const appendProgress = (transaction: Transaction, id: number, entry: Json): Promise<ArtifactRow> =>
  transaction
    .updateTable('artifact')
    .set({
      data: sql`coalesce(data, '[]'::jsonb) || jsonb_build_array(${asJson(entry)}::jsonb)`,
      updated: now,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();

/** With its versions and their bytes. */
export async function removeArtifact(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('artifact').where('id', '=', id).execute();
}
