import { sql } from 'kysely';
import type { Database, Transaction } from '../database/connection';

/** A worker on a host that shares no disk with the platform. */
export interface StandaloneWorker {
  readonly id: number;
  /** Of its valid tokens. */
  readonly tokenEpoch: number;
  /** Its process that connected last; null: none, or its tokens were revoked since. */
  readonly session: string | null;
}

/** Adds it, where it is new. Null: another kind of worker has this name. */
export async function addStandaloneWorker(
  transaction: Transaction,
  name: string,
): Promise<Pick<StandaloneWorker, 'id' | 'tokenEpoch'> | null> {
  const { rows } = await sql<Pick<StandaloneWorker, 'id' | 'tokenEpoch'>>`
    select id, token_epoch as "tokenEpoch" from add_standalone_worker(${name})`.execute(transaction);
  return rows[0] ?? null;
}

export const findStandaloneWorker = (db: Database, name: string): Promise<StandaloneWorker | null> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<StandaloneWorker>`
      select id, token_epoch as "tokenEpoch", session from standalone_worker(${name})`.execute(transaction);
    return rows[0] ?? null;
  });

interface NewSession {
  readonly worker: number;
  /** Of the token that it presents. */
  readonly tokenEpoch: number;
  /** The process, from now on the only one that may go on. */
  readonly session: string;
  /** It counts as silent after this without a heartbeat. */
  readonly timeoutMs: number;
}

/** False: the tokens of this epoch were revoked. */
export const beginSession = (db: Database, { worker, tokenEpoch, session, timeoutMs }: NewSession): Promise<boolean> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<{ started: boolean }>`
      select begin_worker_session(${worker}, ${tokenEpoch}, ${session}, ${timeoutMs}) as started`.execute(transaction);
    return rows[0]!.started;
  });

/** False: there is no such standalone worker. */
export async function revokeTokens(transaction: Transaction, worker: number): Promise<boolean> {
  const { rows } = await sql<{ revoked: boolean }>`select revoke_worker_tokens(${worker}) as revoked`.execute(
    transaction,
  );
  return rows[0]!.revoked;
}

/** The lease of an attempt, as its worker claimed it. */
interface HeldLease {
  readonly execution: number;
  readonly tenant: number;
  readonly fencingToken: number;
  readonly attempt: number;
}

/** Those of the leases that the worker still has; its other ones end. */
export const resumeLeases = (db: Database, worker: number, fencingTokens: readonly number[]): Promise<HeldLease[]> =>
  db.withoutTenant(async (transaction) => {
    const { rows } = await sql<HeldLease>`
      select execution, tenant, fencing_token as "fencingToken", attempt
      from resume_worker_leases(${worker}, ${fencingTokens}::bigint[])`.execute(transaction);
    return rows;
  });
