import { sql } from 'kysely';
import type { Database, Transaction } from '../database/connection';
import { ownedByTenant } from '../database/tenant-filter';

/** The lease under which an attempt writes. */
interface HeldLease {
  readonly execution: number;
  readonly tenant: number;
  readonly fencingToken: number;
}

/** A version whose bytes an execution writes to a file. */
export interface ReservedFile {
  /** Id of the version. */
  readonly version: number;
  /** Below the artifacts directory. */
  readonly path: string;
}

/** Versions that were reserved for the execution, in order. Null: the lease is lost. */
export const listReservedFiles = (db: Database, held: HeldLease): Promise<ReservedFile[] | null> =>
  db.readingInTenant(held.tenant, async (transaction) => {
    if ((await leaseOf(held).execute(transaction)).rows.length === 0) return null;
    const { rows } = await sql<ReservedFile>`
      select id as version, file_path as path from artifact_version
      where ${ownedByTenant} and execution = ${held.execution} and file_path is not null order by id`.execute(
      transaction,
    );
    return rows;
  });

/** Those of these paths that a version of an artifact, or a stored file, of the tenant has. */
export const listKeptFiles = (db: Database, tenant: number, paths: readonly string[]): Promise<string[]> =>
  db.readingInTenant(tenant, async (transaction) => {
    const { rows } = await sql<{ path: string }>`
      select path from unnest(${[...paths]}::text[]) as path
      where exists (select from artifact_version v where v.tenant = ${tenant} and v.file_path = path)
        or exists (select from internal_file f where f.tenant = ${tenant} and f.path = path)`.execute(transaction);
    return rows.map(({ path }) => path);
  });

/**
 * The path of such a version; neither it nor the lease ends before the transaction. `lost`: the
 * lease. Null: the execution has no such version.
 */
export async function lockReservedFile(
  transaction: Transaction,
  held: HeldLease,
  version: number,
): Promise<{ readonly path: string } | 'lost' | null> {
  if ((await sql`${leaseOf(held)} for share`.execute(transaction)).rows.length === 0) return 'lost';
  const ofExecution = sql`${ownedByTenant} and execution = ${held.execution} and file_path is not null`;
  // In the order in which requests lock them.
  await sql`select from artifact where id = (
    select artifact from artifact_version where id = ${version} and ${ofExecution}) for update`.execute(transaction);
  const { rows } = await sql<{ path: string }>`
    select file_path as path from artifact_version where id = ${version} and ${ofExecution} for update`.execute(
    transaction,
  );
  return rows[0] ?? null;
}

const leaseOf = ({ execution, fencingToken }: HeldLease) =>
  sql`select from lease where resource = ${`execution:${execution}`} and fencing_token = ${fencingToken}`;
