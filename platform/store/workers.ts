import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import { asJson, now, type Database, type Transaction } from './database';

export interface NewWorker {
  /** Unique among all workers of the database; a worker that comes back under its name keeps its row. */
  readonly name: string;
  /** Runtime name to the version found: `{python: '3.11.7'}`. */
  readonly runtimes: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly meta: JsonObject;
  /** What its host lets it do, as found: `{"containment": "cgroup"}`. */
  readonly capabilities?: JsonObject;
}

/** Makes the worker known and active, and choosable by the label `worker`: its name. Answers its id. */
export const registerWorker = (db: Database, worker: NewWorker): Promise<number> =>
  db.inNone(async (transaction) => {
    const { rows } = await sql<{ id: number }>`
      select register_worker(${worker.name}, ${JSON.stringify(worker.runtimes)}, ${worker.slots},
        ${asJson(worker.meta)}, ${asJson(worker.capabilities ?? {})}, ${asJson({ worker: worker.name })}) as id`.execute(
      transaction,
    );
    return rows[0]!.id;
  });

/**
 * A sign of life of the worker and of the leases it holds, named by their fencing tokens. Answers its executions that
 * are asked to stop.
 */
export const heartbeat = (
  db: Database,
  worker: number,
  holding: readonly number[],
  leaseMs: number,
): Promise<number[]> =>
  db.alone(async (transaction) => {
    const { rows } = await sql<{ id: number }>`
      select worker_heartbeat(${worker}, ${holding}::bigint[], ${leaseMs}) as id`.execute(transaction);
    return rows.map((row) => row.id);
  });

/** The worker takes nothing more, and what it still holds is free for others. */
export const retireWorker = (db: Database, worker: number): Promise<void> =>
  db.inNone(async (transaction) => {
    await sql`select retire_worker(${worker})`.execute(transaction);
  });

export interface WorkerState {
  readonly id: number;
  readonly status: string;
  readonly cordoned: boolean;
  readonly fresh: boolean;
  readonly runtimes: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string | null; readonly effect?: string | null }[];
  readonly slots: number;
  /** Executions assigned and not ended. */
  readonly load: number;
}

/** What a worker says of itself in `capabilities` counts beside its columns, where it is of the right shape. */
const LABELS = sql`w.labels || coalesce(jsonb_path_query_first(w.capabilities, '$.labels ? (@.type() == "object")'), '{}')`;
const TAINTS = sql`w.taints || jsonb_path_query_array(w.capabilities, '$.taints[*] ? (@.type() == "object")')`;

/** Action workers as they are now, in order of id. A worker is fresh within three of its heartbeats. */
export async function workerStates(transaction: Transaction, staleMs: number): Promise<WorkerState[]> {
  const { rows } = await sql<WorkerState>`
    select w.id, w.status, w.cordoned, w.runtimes, ${LABELS} as labels, ${TAINTS} as taints, w.slots,
      coalesce(w.last_heartbeat > ${now} - ${staleMs} * interval '1 ms', false) as fresh,
      worker_load(w.id) as load
    from worker w where w.worker_role = 'action' order by w.id`.execute(transaction);
  return rows;
}

/** What the workers that are there say of themselves, in order of id. */
export const workersPresent = (db: Database): Promise<{ name: string; containment: string | null }[]> =>
  db.inNone((transaction) =>
    transaction
      .selectFrom('worker')
      .select(['name', sql<string | null>`capabilities->>'containment'`.as('containment')])
      .where('worker_role', '=', 'action')
      .where('status', 'in', ['active', 'busy'])
      .orderBy('id')
      .execute(),
  );

/** How many active workers have a name that begins so. */
export const activeWorkers = (db: Database, prefix: string): Promise<number> =>
  db.inNone(async (transaction) => {
    const { active } = await transaction
      .selectFrom('worker')
      .select((build) => build.fn.countAll<number>().as('active'))
      .where('status', '=', 'active')
      .where(sql<boolean>`starts_with(name, ${prefix})`)
      .executeTakeFirstOrThrow();
    return active;
  });
