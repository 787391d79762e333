import { sql } from 'kysely';
import type { SupervisedState } from '../../core/worker/process-step';
import type { Database } from '../database/connection';

/** A managed worker of a tenant, whose process one platform runs. */
export interface SupervisedRow extends SupervisedState {
  readonly id: number;
  /** Unique in the database. */
  readonly name: string;
  /** What led to the state: the verb, as a rule. */
  readonly cause: string;
  readonly runtime: string;
  /** Null: it was created with a runtime only. */
  readonly template: string | null;
}

/**
 * Those of a platform, after it has taken over those of platforms that have ended. `leaseMs`: a
 * process that has been silent for longer has ended with its platform.
 */
export const adoptWorkers = (db: Database, instance: string, leaseMs: number): Promise<SupervisedRow[]> =>
  db.withoutTenant(async (transaction) => {
    await sql`select adopt_workers(${instance}, ${leaseMs})`.execute(transaction);
    const { rows } = await sql<SupervisedRow>`
      select id, name, state, state_cause as cause, runtime, template, registered as "isRegistered", has_runtime as "hasRuntime",
        in_flight as "isInFlight", age_ms as "ageMs", provision_timeout_ms as "provisionTimeoutMs"
      from supervised_workers(${instance})`.execute(transaction);
    return rows;
  });

/** It is online, if it is still provisioning. */
export const confirmProvisioned = (db: Database, worker: number): Promise<unknown> =>
  db.singleStatement((transaction) => sql`select confirm_provisioned(${worker})`.execute(transaction));

/** It has failed, if it is still provisioning. */
export const failProvisioning = (
  db: Database,
  worker: number,
  { cause, detail }: { readonly cause: string; readonly detail: string },
): Promise<unknown> =>
  db.singleStatement((transaction) =>
    sql`select fail_provisioning(${worker}, ${cause}, ${detail})`.execute(transaction),
  );

/** The process of the worker of this name has exited: it gets no work until the next registers. */
export const recordProcessEnd = (db: Database, name: string): Promise<unknown> =>
  db.singleStatement((transaction) => sql`select record_process_end(${name})`.execute(transaction));
