import { sql } from 'kysely';
import type { RetentionConfig, UpdateRetentionConfig } from '../../../contract/records/retention';
import { asJson, type Transaction } from '../database/connection';

/** The settings of retention, and its latest pass. */
export async function readRetentionConfig(transaction: Transaction): Promise<RetentionConfig> {
  const { rows } = await sql<RetentionConfig>`
    select enabled, check_interval_seconds, batch_size, dry_run, advisory_lock_key,
      (select json_object_agg(target, json_build_object('max_age_seconds', max_age_seconds) order by target)
        from runtime_retention_target_config) as targets,
      (select json_build_object('started_at', started_at, 'finished_at', finished_at, 'dry_run', dry_run,
        'removed', removed, 'error', error) from supervisor_run order by id desc limit 1) as last_pass
    from runtime_retention_config`.execute(transaction);
  return rows[0]!;
}

/** Keeps what is left out. Throws outside of the tenant default. */
export const updateRetentionConfig = (transaction: Transaction, changes: UpdateRetentionConfig): Promise<unknown> =>
  sql`select update_retention(${asJson(changes)}::jsonb)`.execute(transaction);
