import { once } from 'node:events';
import { sql } from 'kysely';
import { Client, type Notification } from 'pg';
import type { Execution, LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { advance } from '../../../platform/executor/advance';
import { dispatch } from '../../../platform/executor/dispatch';
import { recover } from '../../../platform/executor/recovery';
import { claim, finish, markStarted } from '../../../platform/store/attempts';
import { openPool, type Database } from '../../../platform/store/database';
import { findAction, getExecution, requestExecution } from '../../../platform/store/executions';
import { readLog } from '../../../platform/store/log';
import { registerWorker } from '../../../platform/store/workers';
import type { Attempt, Claim, Outcome } from '../../../platform/worker/attempt';
import { withDatabase } from '../with-database';

export const TENANT = 1;
const STALE_MS = 60_000;
const LEASE_MS = 60_000;

const OUTCOME = { finishedAt: 0, timeoutLevel: null, stdoutTail: '', stderrTail: '' };

export const completed = (result: JsonObject = {}): Outcome => ({
  ...OUTCOME,
  status: 'completed',
  result: { succeeded: true, exit_code: 0, ...result },
  finishedAt: Date.now(),
});

export const failed = (): Outcome => ({
  ...OUTCOME,
  status: 'failed',
  result: { succeeded: false, exit_code: 1, error: 'it failed' },
  finishedAt: Date.now(),
});

/** An executor and a worker played by hand, one turn at a time, on a database of the test file's own. */
export function withExecutor() {
  const database = withDatabase();
  const db = (): Database => database().db;
  let worker = 0;
  beforeAll(async () => {
    const runtimes = { shell: '5.2.0' };
    worker = await registerWorker(db(), { name: 'played', runtimes, slots: 10, meta: {} });
    await db().inTenant(TENANT, async (transaction) => {
      const { id: pack } = await transaction
        .insertInto('pack')
        .values({ ref: 'stage', label: 'Stage', version: '1.0.0' })
        .returning('id')
        .executeTakeFirstOrThrow();
      const row = {
        ref: 'stage.act',
        pack,
        pack_ref: 'stage',
        label: 'Act',
        entrypoint: ':',
        runtime_ref: 'core.shell',
      };
      await transaction.insertInto('action').values(row).execute();
    });
  });

  const workflow = (name: string, definition: JsonObject) =>
    db().inTenant(TENANT, async (transaction) => {
      const pack = await transaction
        .selectFrom('pack')
        .select('id')
        .where('ref', '=', 'stage')
        .executeTakeFirstOrThrow();
      const of = { ref: `stage.${name}`, pack: pack.id, pack_ref: 'stage', label: name };
      const { id } = await transaction
        .insertInto('workflow_definition')
        .values({ ...of, version: '1.0.0', definition: JSON.stringify(definition) })
        .returning('id')
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto('action')
        .values({ ...of, entrypoint: 'workflow', workflow_def: id })
        .execute();
      return of.ref;
    });

  const request = (ref: string, parameters: JsonObject = {}): Promise<Execution> =>
    db().inTenant(TENANT, async (transaction) => {
      const action = (await findAction(transaction, ref))!;
      const executor = await anIdentity(transaction);
      return requestExecution(transaction, { action, parameters, tenant: TENANT, executor, parent: null });
    });

  return {
    db,
    url: () => database().url,
    workflow,
    request,
    worker: () => worker,
    dispatch: () => dispatch(db(), STALE_MS)({ tenant: TENANT }),
    advance: (execution: number) => advance(db())({ tenant: TENANT, execution }),
    claim: (most = 10): Promise<Attempt[]> => claim(db(), worker, most, { leaseMs: LEASE_MS, limitSeconds: 300 }),
    start: (held: Claim) => markStarted(db(), held, Date.now()),
    finish: (held: Claim, outcome: Outcome) => finish(db(), held, outcome),
    get: async (id: number) => (await db().inTenant(TENANT, (transaction) => getExecution(transaction, id)))!,
    children: (parent: number) =>
      db().inTenant(TENANT, (transaction) =>
        transaction.selectFrom('execution').selectAll().where('parent', '=', parent).orderBy('id').execute(),
      ),
    log: async (id: number): Promise<LogType[]> =>
      (await db().inTenant(TENANT, (transaction) => readLog(transaction, id, null, 1_000))).entries.map(
        ({ type }) => type,
      ),
    /** As if the worker that holds it had been silent for longer than its lease. */
    loseLease: (held: Claim) =>
      asOwner(
        database().url,
        `update lease set expires_at = now() - interval '1 s'
      where resource = 'execution:${held.execution}'`,
      ),
    recover: (execution: number, maxRecoveries: number, recovery: 'auto' | 'off' = 'auto') =>
      db().inTenant(TENANT, (transaction) => recover(transaction, TENANT, execution, { recovery, maxRecoveries })),
    /** The first notification on a channel, from now on. */
    listen: (channel: string) => listen(database().url, channel),
  };
}

async function listen(url: string, channel: string): Promise<{ first(): Promise<string | undefined> }> {
  const line = new Client({ connectionString: url });
  await line.connect();
  const told = once(line, 'notification') as Promise<[Notification]>;
  await line.query(`listen ${line.escapeIdentifier(channel)}`);
  return { first: () => told.then(([{ payload }]) => payload).finally(() => line.end()) };
}

async function anIdentity(transaction: Parameters<typeof findAction>[0]): Promise<number> {
  const { rows } = await sql<{ id: number }>`insert into identity (login) values ('stage') on conflict (login)
    do update set updated = platform_now() returning id`.execute(transaction);
  return rows[0]!.id;
}

async function asOwner<T extends object>(url: string, statement: string): Promise<T[]> {
  const pool = openPool(url, 1);
  try {
    return (await pool.query<T>(statement)).rows;
  } finally {
    await pool.end();
  }
}
