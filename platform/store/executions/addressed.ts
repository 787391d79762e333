import { sql, type SqlBool } from 'kysely';
import { NOT_STARTED, type Status } from '../../../contract/status';
import { now, type Transaction } from '../database/connection';
import { SYSTEM_LIMIT } from '../../base/limits';

/** Those that its index contains. */
const UNFINISHED: readonly Status[] = [...NOT_STARTED, 'running', 'canceling'];

/** Counts the executions that are addressed to a worker and have not started. */
export async function countQueued(transaction: Transaction, worker: number): Promise<number> {
  const { queued } = await transaction
    .selectFrom('execution')
    .select(({ fn }) => fn.countAll<number>().as('queued'))
    .where('addressed_to', '=', worker)
    .where('status', 'in', [...NOT_STARTED])
    .executeTakeFirstOrThrow();
  return queued;
}

/** Locks those that have not ended, oldest first. */
export async function lockUnfinished(transaction: Transaction, worker: number): Promise<number[]> {
  const rows = await transaction
    .selectFrom('execution')
    .select('id')
    .where('addressed_to', '=', worker)
    .where('status', 'in', [...UNFINISHED])
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(({ id }) => id);
}

export interface AddressedExecution {
  readonly status: Status;
  readonly attempt: number;
}

/** Null where no such execution is addressed to the worker. */
export async function findAddressed(
  transaction: Transaction,
  worker: number,
  id: number,
): Promise<AddressedExecution | null> {
  const row = await transaction
    .selectFrom('execution')
    .select(['status', 'attempt'])
    .where('id', '=', id)
    .where('addressed_to', '=', worker)
    .executeTakeFirst();
  return row ?? null;
}

interface HeldLease {
  readonly fencingToken: number;
  readonly expiresAt: string;
}

/** The leases of attempts, by execution. */
export async function listLeases(
  transaction: Transaction,
  executions: readonly number[],
): Promise<Map<number, HeldLease>> {
  const resources = executions.map((execution) => `execution:${execution}`);
  const rows = await transaction
    .selectFrom('lease')
    .select(['resource', 'fencing_token as fencingToken', 'expires_at as expiresAt'])
    .where(sql<SqlBool>`resource = any(${resources}::text[])`)
    .execute();
  return new Map(rows.map(({ resource, ...lease }) => [Number(resource.slice('execution:'.length)), lease]));
}

interface OverdueClaim {
  readonly execution: number;
  readonly attempt: number;
  readonly fencingToken: number;
  /** Epoch ms. */
  readonly startedAt: number;
}

/**
 * Those of a worker's claims, by their fencing tokens, that have run for longer than their limit,
 * or without one than that of the system.
 */
export async function listOverdueClaims(
  transaction: Transaction,
  worker: number,
  fencingTokens: readonly number[],
): Promise<OverdueClaim[]> {
  if (fencingTokens.length === 0) return [];
  const { rows } = await sql<OverdueClaim>`
    select e.id as execution, e.attempt, l.fencing_token as "fencingToken",
      extract(epoch from e.started_at)::float8 * 1000 as "startedAt"
    from execution e join lease l on l.resource = 'execution:' || e.id left join action a on a.id = e.action
    where e.addressed_to = ${worker} and e.status = 'running' and l.fencing_token = any(${fencingTokens}::bigint[])
      and extract(epoch from ${now} - e.started_at)
        > coalesce(least(nullif(e.timeout_seconds, 0), nullif(a.timeout_seconds, 0)), ${SYSTEM_LIMIT.seconds}::float8)`.execute(
    transaction,
  );
  return rows;
}
