import { sql, type Selectable } from 'kysely';
import type { Environment, EnvironmentRuntime } from '../../contract/environments';
import type { EnvironmentReport } from '../worker/environments/report';
import { tellBuilders } from '../queue/ring';
import { now, type Database, type Transaction } from './database';
import { retireFiles } from './retired-files';
import type { EnvironmentTable } from './tables';
import { own } from './walls';

/** Longer than any installation may take. */
const LOST_MS = 300_000;
const MOST_BUILDERS = 3;

/** What the pack's environments are to be made from, as it is registered: a worker checks each, and builds what is missing. */
export async function expectEnvironments(
  transaction: Transaction,
  pack: number,
  needed: ReadonlyMap<EnvironmentRuntime, string>,
): Promise<void> {
  const runtimes = [...needed.keys()];
  let gone = transaction.deleteFrom('environment').where('pack', '=', pack).where(own);
  if (runtimes.length > 0) gone = gone.where('runtime', 'not in', runtimes);
  await gone.execute();
  for (const [runtime, hash] of needed) {
    await sql`
      insert into environment (pack, runtime, status, content_hash) values (${pack}, ${runtime}, 'pending', ${hash})
      on conflict (pack, runtime) do update set attempts = 0, failing_requirement = null, updated = ${now},
        content_hash = excluded.content_hash, status = case when environment.content_hash <> excluded.content_hash
          and environment.built_at is not null then 'outdated' else 'pending' end`.execute(transaction);
  }
  if (needed.size > 0) await tellBuilders(transaction);
}

/** By runtime. */
export async function listEnvironments(transaction: Transaction, pack: number): Promise<Environment[]> {
  const query = transaction.selectFrom('environment').selectAll().where('pack', '=', pack).where(own);
  return (await query.orderBy('runtime').execute()).map(environmentOf);
}

const environmentOf = (row: Selectable<EnvironmentTable>): Environment => ({
  runtime: row.runtime,
  status: row.status,
  content_hash: row.content_hash,
  built_at: row.built_at,
  size_bytes: row.size_bytes,
  log: row.log,
  failing_requirement: row.failing_requirement,
});

/** Has all of the pack's environments built again; those that serve do so until the new ones stand. */
export async function rebuildEnvironments(transaction: Transaction, pack: number): Promise<Environment[]> {
  await transaction
    .updateTable('environment')
    .set({ status: 'pending', anew: true, attempts: 0, updated: now })
    .where('pack', '=', pack)
    .where(own)
    .execute();
  await tellBuilders(transaction);
  return listEnvironments(transaction, pack);
}

/**
 * Writes down how an environment stands, unless the pack has other files by now. False: there is no such pack any more.
 * A build that found the work done by another says nothing of it.
 */
export const saveEnvironment = (db: Database, report: EnvironmentReport): Promise<boolean> =>
  db.inTenant(report.tenant, async (transaction) => {
    const { packRef, packDirectory, runtime, contentHash, status, sizeBytes, log, failing } = report;
    const builtAt = status === 'ready' ? now : sql`null`;
    await sql`
      insert into environment (pack, runtime, status, content_hash, built_at, size_bytes, log, failing_requirement, claimed_at)
      select id, ${runtime}, ${status}, ${contentHash}, ${builtAt}, ${sizeBytes}::bigint, ${log}, ${failing}::text, ${now}
      from pack where ref = ${packRef} and storage = ${packDirectory} and ${own}
      on conflict (pack, runtime) do update set status = excluded.status, content_hash = excluded.content_hash,
        built_at = case when excluded.log = '' then coalesce(environment.built_at, excluded.built_at)
          else coalesce(excluded.built_at, environment.built_at) end,
        size_bytes = coalesce(excluded.size_bytes, environment.size_bytes),
        log = case when excluded.log = '' then environment.log else excluded.log end,
        failing_requirement = excluded.failing_requirement, claimed_at = excluded.claimed_at, updated = ${now},
        anew = environment.anew and excluded.status = 'installing',
        attempts = case when excluded.status = 'installing' then environment.attempts else 0 end`.execute(transaction);
    const pack = await transaction.selectFrom('pack').select('storage').where('ref', '=', packRef).executeTakeFirst();
    // Of files that were replaced by now, it supersedes nothing: what they named is old itself.
    if (pack?.storage === packDirectory) {
      const old = report.superseded.map((path) => ({ kind: 'environment' as const, path }));
      await retireFiles(transaction, packRef, old);
    }
    return pack !== undefined;
  });

/** An environment that this worker is to see to. */
export interface EnvironmentRequest {
  readonly tenant: number;
  readonly packRef: string;
  readonly packDirectory: string;
  readonly runtime: EnvironmentRuntime;
  readonly anew: boolean;
}

/** Takes the oldest one that is to be built; null: there is none. */
export const claimEnvironment = (db: Database): Promise<EnvironmentRequest | null> =>
  db.inNone(async (transaction) => {
    const { rows } = await sql<EnvironmentRequest>`
      select tenant, pack_ref as "packRef", storage as "packDirectory", runtime, anew
      from claim_environment(${LOST_MS}, ${MOST_BUILDERS})`.execute(transaction);
    return rows[0] ?? null;
  });
