import { sql } from 'kysely';
import type { Pool } from 'pg';
import { asJson, type Transaction } from '../database/connection';

/** The settings that a pass works with. */
export interface PassSettings {
  readonly version: number;
  readonly batchSize: number;
  readonly isDryRun: boolean;
  readonly startedAt: string;
}

/** Sets the ages of a database that no platform has run on; 0: all rows are kept. */
export const seedRetention = (owner: Pool, maxAgeSeconds: number): Promise<unknown> =>
  owner.query('select seed_retention($1)', [maxAgeSeconds === 0 ? null : Math.ceil(maxAgeSeconds)]);

export async function isRetentionDue(transaction: Transaction): Promise<boolean> {
  const { rows } = await sql<{ isDue: boolean }>`
    select enabled and next_pass_at <= platform_now() as "isDue" from runtime_retention_config`.execute(transaction);
  return rows[0]!.isDue;
}

/**
 * Takes the lock of the settings until the transaction ends. Null where another process has it,
 * or has finished the pass that was due.
 */
export async function claimRetentionPass(transaction: Transaction): Promise<PassSettings | null> {
  const locked = await sql<{ isHeld: boolean }>`
    select pg_try_advisory_xact_lock(advisory_lock_key) as "isHeld" from runtime_retention_config`.execute(transaction);
  if (!locked.rows[0]!.isHeld) return null;
  const { rows } = await sql<PassSettings>`
    select version, batch_size as "batchSize", dry_run as "isDryRun", platform_now() as "startedAt"
    from runtime_retention_config where enabled and next_pass_at <= platform_now()`.execute(transaction);
  return rows[0] ?? null;
}

export interface FinishedPass {
  readonly settings: PassSettings;
  readonly removed: Readonly<Record<string, number>>;
  readonly error: string | null;
}

export const finishRetentionPass = (
  transaction: Transaction,
  { settings: { version, startedAt, isDryRun }, removed, error }: FinishedPass,
): Promise<unknown> =>
  sql`select finish_retention_pass(${version}, ${startedAt}::timestamptz, ${isDryRun}, ${asJson(removed)}::json,
    ${error}::text)`.execute(transaction);

/** Whether the settings are still those that a pass began with. */
export async function areSettingsCurrent(transaction: Transaction, { version }: PassSettings): Promise<boolean> {
  const { rows } = await sql<{ isCurrent: boolean }>`
    select version = ${version} as "isCurrent" from runtime_retention_config`.execute(transaction);
  return rows[0]!.isCurrent;
}
