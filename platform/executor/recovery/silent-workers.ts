import { sql } from 'kysely';
import { withUtcOffset, type Database, type Transaction } from '../../store/database/connection';
import { createWorkerAlert } from '../events/alert';

/** A row of `silent_workers`. */
export interface SilentWorker {
  readonly worker: number;
  readonly tenant: number;
}

interface MarkedWorker {
  readonly name: string;
  readonly worker_role: 'action' | 'sensor';
  readonly cordoned: boolean;
  readonly last_heartbeat: string;
}

/**
 * Marks a worker inactive that has sent no heartbeat for `staleMs`, and creates an alert of its
 * tenant; none for a cordoned worker, which may be stopped on purpose. Returns whether it was
 * still silent.
 */
export const markSilentWorker = (db: Database, { worker, tenant }: SilentWorker, staleMs: number): Promise<boolean> =>
  db.inTenant(tenant, async (transaction) => {
    const { rows } = await sql<MarkedWorker>`select * from mark_worker_silent(${worker}, ${staleMs})`.execute(
      transaction,
    );
    const [marked] = rows;
    if (marked && !marked.cordoned) await alertAbout(transaction, tenant, worker, marked);
    return marked !== undefined;
  });

const alertAbout = (transaction: Transaction, tenant: number, id: number, worker: MarkedWorker): Promise<void> =>
  createWorkerAlert(
    transaction,
    tenant,
    { ...worker, id },
    {
      scope: `worker:${id}`,
      summary: `Worker ${worker.name} is inactive: it has sent no heartbeat`,
      details: { last_heartbeat: withUtcOffset(worker.last_heartbeat) },
    },
  );

/** Marks a worker inactive whose platform has ended. */
export const markLostWorker = (db: Database, worker: number): Promise<unknown> =>
  db.singleStatement((transaction) => sql`select mark_worker_lost(${worker})`.execute(transaction));
