import { sql, type Selectable } from 'kysely';
import type { Environment, EnvironmentRuntime } from '../../../contract/runtimes';
import type { EnvironmentReport } from './environment-report';
import { notifyEnvironmentBuilders } from '../database/notify';
import { livenessNow, now, type Database, type Transaction } from '../database/connection';
import { markFilesReplaced } from './pack-file-gc';
import type { Tables } from '../database/tables';
import { ownedByTenant } from '../database/tenant-filter';

/** Longer than any installation may take, ms. */
const BUILDER_LOST_AFTER_MS = 300_000;
const MAX_BUILDERS = 3;

/**
 * Records what the pack's environments are to be built from, when it is registered. A worker
 * checks each and builds what is missing.
 */
export async function declareEnvironments(
  transaction: Transaction,
  pack: number,
  contentHashes: ReadonlyMap<EnvironmentRuntime, string>,
): Promise<void> {
  const runtimes = [...contentHashes.keys()];
  let obsolete = transaction.deleteFrom('environment').where('pack', '=', pack).where(ownedByTenant);
  if (runtimes.length > 0) obsolete = obsolete.where('runtime', 'not in', runtimes);
  await obsolete.execute();
  for (const [runtime, hash] of contentHashes) {
    await sql`
      insert into environment (pack, runtime, status, content_hash) values (${pack}, ${runtime}, 'pending', ${hash})
      on conflict (pack, runtime) do update set attempts = 0, failing_requirement = null, updated = ${now},
        content_hash = excluded.content_hash, status = case when environment.content_hash <> excluded.content_hash
          and environment.built_at is not null then 'outdated' else 'pending' end`.execute(transaction);
  }
  if (contentHashes.size > 0) await notifyEnvironmentBuilders(transaction);
}

/** Sorted by runtime. */
export async function listEnvironments(transaction: Transaction, pack: number): Promise<Environment[]> {
  const query = transaction.selectFrom('environment').selectAll().where('pack', '=', pack).where(ownedByTenant);
  return (await query.orderBy('runtime').execute()).map(toEnvironment);
}

const toEnvironment = (row: Selectable<Tables['environment']>): Environment => ({
  runtime: row.runtime,
  status: row.status,
  content_hash: row.content_hash,
  built_at: row.built_at,
  size_bytes: row.size_bytes,
  log: row.log,
  failing_requirement: row.failing_requirement,
});

/** Requests a rebuild of all environments of the pack; the present ones are used until then. */
export async function rebuildEnvironments(transaction: Transaction, pack: number): Promise<Environment[]> {
  await transaction
    .updateTable('environment')
    .set({ status: 'pending', is_rebuild: true, attempts: 0, updated: now })
    .where('pack', '=', pack)
    .where(ownedByTenant)
    .execute();
  await notifyEnvironmentBuilders(transaction);
  return listEnvironments(transaction, pack);
}

/**
 * Records the state of an environment, unless the pack's files were replaced meanwhile. False
 * when the pack is deleted; its deletion by another transaction is awaited. A build that found the
 * work done by another reports no log.
 */
export const saveEnvironment = (db: Database, report: EnvironmentReport): Promise<boolean> =>
  db.inTenant(report.tenant, async (transaction) => {
    const { packRef, packDirectory, runtime, contentHash, status, sizeBytes, log, failing } = report;
    const builtAt = status === 'ready' ? now : sql`null`;
    await sql`
      insert into environment (pack, runtime, status, content_hash, built_at, size_bytes, log, failing_requirement, claimed_at)
      select id, ${runtime}, ${status}, ${contentHash}, ${builtAt}, ${sizeBytes}::bigint, ${log}, ${failing}::text, ${livenessNow}
      from pack where ref = ${packRef} and storage = ${packDirectory} and ${ownedByTenant}
      for key share
      on conflict (pack, runtime) do update set status = excluded.status, content_hash = excluded.content_hash,
        built_at = case when excluded.log = '' then coalesce(environment.built_at, excluded.built_at)
          else coalesce(excluded.built_at, environment.built_at) end,
        size_bytes = coalesce(excluded.size_bytes, environment.size_bytes),
        log = case when excluded.log = '' then environment.log else excluded.log end,
        failing_requirement = excluded.failing_requirement, claimed_at = excluded.claimed_at, updated = ${now},
        is_rebuild = environment.is_rebuild and excluded.status = 'installing',
        attempts = case when excluded.status = 'installing' then environment.attempts else 0 end`.execute(transaction);
    const pack = await transaction.selectFrom('pack').select('storage').where('ref', '=', packRef).executeTakeFirst();
    // A build of files that were replaced meanwhile supersedes nothing: its directories are
    // obsolete themselves.
    if (pack?.storage === packDirectory) {
      const superseded = report.superseded.map((path) => ({ kind: 'environment' as const, path }));
      await markFilesReplaced(transaction, packRef, superseded);
    }
    return pack !== undefined;
  });

/** An environment that this worker is to build or check. */
export interface EnvironmentRequest {
  readonly tenant: number;
  readonly packRef: string;
  readonly packDirectory: string;
  readonly runtime: EnvironmentRuntime;
  readonly isRebuild: boolean;
}

/** Claims the oldest environment to build; null when there is none. */
export const claimEnvironment = (db: Database): Promise<EnvironmentRequest | null> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<EnvironmentRequest>`
      select tenant, pack_ref as "packRef", storage as "packDirectory", runtime, is_rebuild as "isRebuild"
      from claim_environment(${BUILDER_LOST_AFTER_MS}, ${MAX_BUILDERS})`.execute(transaction);
    return rows[0] ?? null;
  });
