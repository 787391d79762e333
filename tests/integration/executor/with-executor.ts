import { once } from 'node:events';
import { sql } from 'kysely';
import { Client } from 'pg';
import type { Execution, LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { advanceWorkflow } from '../../../platform/executor/workflows/advance';
import { dispatchRequested } from '../../../platform/executor/dispatch/dispatch';
import { recoverExecution } from '../../../platform/executor/recovery/recover-execution';
import { claimExecutions, finishAttempt, markStarted } from '../../../platform/store/executions/attempts';
import type { Database } from '../../../platform/store/database/connection';
import { findActionToExecute, getExecution } from '../../../platform/store/executions/executions';
import { requestExecution } from '../../../platform/store/executions/new-execution';
import { readLog } from '../../../platform/store/lifecycle/execution-log';
import { registerWorker } from '../../../platform/store/workers/workers';
import type { Attempt, AttemptLease, AttemptOutcome } from '../../../platform/store/lifecycle/attempt';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

export const TENANT = 1;
/** Longer than any test: no heartbeat renews the worker. */
export const STALE_MS = 3_600_000;
/** An executor that other ones do not know: they may take its leases at once. */
export const ADVANCE = { executor: 0, staleMs: STALE_MS };
const LEASE_MS = 60_000;

const OUTCOME = { finishedAt: 0, timeoutLevel: null, stdoutTail: '', stderrTail: '', logs: [] };

export const completed = (result: JsonObject = {}): AttemptOutcome => ({
  ...OUTCOME,
  status: 'completed',
  result: { succeeded: true, exit_code: 0, ...result },
  finishedAt: Date.now(),
});

export const failed = (): AttemptOutcome => ({
  ...OUTCOME,
  status: 'failed',
  result: { succeeded: false, exit_code: 1, error: 'it failed' },
  finishedAt: Date.now(),
});

/** Of the caller that saves the workflows. */
const SAVER_SET = 'test.saver';

/** A pack `test` with the action `test.act`. */
const insertTestPack = (db: Database): Promise<void> =>
  db.inTenant(TENANT, async (transaction) => {
    const { id: pack } = await transaction
      .insertInto('pack')
      .values({ ref: 'test', label: 'Test', version: '1.0.0' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const row = { ref: 'test.act', pack, pack_ref: 'test', label: 'Act', entrypoint: ':', runtime_ref: 'core.shell' };
    await transaction.insertInto('action').values(row).execute();
    const grants = JSON.stringify([{ resource: 'actions', actions: ['execute'] }]);
    await transaction.insertInto('permission_set').values({ ref: SAVER_SET, pack_ref: 'test', grants }).execute();
  });

/** Returns the ref of the workflow's action. */
const insertWorkflow = (db: Database, name: string, definition: JsonObject): Promise<string> =>
  db.inTenant(TENANT, async (transaction) => {
    const pack = await transaction.selectFrom('pack').select('id').where('ref', '=', 'test').executeTakeFirstOrThrow();
    const columns = { ref: `test.${name}`, pack: pack.id, pack_ref: 'test', label: name };
    const { id } = await transaction
      .insertInto('workflow_definition')
      .values({ ...columns, version: '1.0.0', definition: JSON.stringify(definition), saved_with_sets: [SAVER_SET] })
      .returning('id')
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto('action')
      .values({ ...columns, entrypoint: 'workflow', workflow_def: id })
      .execute();
    return columns.ref;
  });

const requestAction = (db: Database, ref: string, parameters: JsonObject): Promise<Execution> =>
  db.inTenant(TENANT, async (transaction) => {
    const action = (await findActionToExecute(transaction, ref))!;
    const executor = await ensureIdentity(transaction);
    return requestExecution(transaction, {
      action,
      parameters,
      tenant: TENANT,
      executor,
      origin: {},
      permissionLimit: null,
      isAuthoredByExecutor: true,
    });
  });

/** An executor and a worker, called step by step, by default on the test file's own database. */
export function withExecutor(database = withDatabase()) {
  const { query: queryAsOwner } = withOwner(database);
  const db = (): Database => database().db;
  let worker = 0;
  const rejectedSteps: unknown[] = [];
  const onStepRejected = (error: unknown) => rejectedSteps.push(error);
  beforeAll(async () => {
    worker = await registerWorker(db(), { name: 'manual', runtimes: { shell: '5.2.0' }, slots: 10, meta: {} });
    await insertTestPack(db());
  });
  const steps = stepsOf(db, onStepRejected);
  const createWorkflow = (name: string, definition: JsonObject): Promise<string> =>
    insertWorkflow(db(), name, { version: '1.0.0', ...definition });
  return {
    db,
    url: () => database().url,
    queryAsOwner,
    worker: () => worker,
    /** Returns the ref of its action. */
    createWorkflow,
    ...steps,
    /** Creates, requests and advances a workflow. Returns the id of the execution. */
    startWorkflow: async (name: string, definition: JsonObject, parameters?: JsonObject): Promise<number> =>
      steps.requestAndAdvance(await createWorkflow(name, definition), parameters),
    /** What the database threw for a step that no attempt can store, in order. */
    rejectedSteps,
    claim: (most = 10): Promise<Attempt[]> => claimExecutions(db(), worker, most, LEASE_MS),
    start: (held: AttemptLease) => markStarted(db(), held, Date.now()),
    finish: (held: AttemptLease, outcome: AttemptOutcome) => finishAttempt(db(), held, outcome),
    /** Ends the lease, as if its worker had sent no heartbeat. */
    loseLease: ({ execution }: AttemptLease) =>
      queryAsOwner(
        `update lease set expires_at = liveness_now() - interval '1 s' where resource = 'execution:${execution}'`,
      ),
    /** Runs `work` while the tenant is frozen: what it requests is not dispatched. */
    whileFrozen: async (work: () => Promise<unknown>): Promise<void> => {
      const freeze = (frozen: boolean) => queryAsOwner(`update tenant set frozen = ${frozen} where id = ${TENANT}`);
      await freeze(true);
      await work();
      await freeze(false);
    },
    recover: (execution: number, maxRecoveries: number, recovery: 'auto' | 'off' = 'auto') =>
      db().inTenant(TENANT, (transaction) =>
        recoverExecution(transaction, TENANT, execution, { recovery, maxRecoveries, leaseMs: 1_000 }),
      ),
    ...readersOf(db),
    listen: openListeners(() => database().url),
  };
}

/** What is requested, and the steps of the executor. */
function stepsOf(db: () => Database, onStepRejected: (error: unknown) => void) {
  const request = (ref: string, parameters: JsonObject = {}) => requestAction(db(), ref, parameters);
  const dispatch = () => dispatchRequested(db(), STALE_MS)({ tenant: TENANT });
  const advance = (execution: number) =>
    advanceWorkflow(db(), { ...ADVANCE, onStepRejected })({ tenant: TENANT, execution });
  const requestAndDispatch = async (ref: string, parameters?: JsonObject): Promise<number> => {
    const { id } = await request(ref, parameters);
    await dispatch();
    return id;
  };
  const requestAndAdvance = async (ref: string, parameters?: JsonObject): Promise<number> => {
    const id = await requestAndDispatch(ref, parameters);
    await advance(id);
    return id;
  };
  return {
    request,
    dispatch,
    advance,
    /** Returns the id of the execution. */
    requestAndDispatch,
    /** Takes the first step of the workflow, too. Returns the id of the execution. */
    requestAndAdvance,
  };
}

const readersOf = (db: () => Database) => ({
  get: async (id: number) => (await db().inTenant(TENANT, (transaction) => getExecution(transaction, id)))!,
  children: (parent: number) =>
    db().inTenant(TENANT, (transaction) =>
      transaction.selectFrom('execution').selectAll().where('parent', '=', parent).orderBy('id').execute(),
    ),
  log: async (id: number): Promise<LogType[]> =>
    (await db().inTenant(TENANT, (transaction) => readLog(transaction, id, null, 1_000))).entries.map(
      ({ type }) => type,
    ),
});

/** Listens on channels; after each test all listeners are closed. */
function openListeners(url: () => string) {
  const listeners: TestListener[] = [];
  afterEach(() => Promise.all(listeners.splice(0).map((listener) => listener.close())));
  return async (channel: string): Promise<TestListener> => {
    const listener = await listen(url(), channel);
    listeners.push(listener);
    return listener;
  };
}

interface TestListener {
  /** The payloads that were sent since the last call. */
  received(): Promise<string[]>;
  close(): Promise<void>;
}

/** Listens on a channel, from now on. */
async function listen(url: string, channel: string): Promise<TestListener> {
  const client = new Client({ connectionString: url });
  const payloads: string[] = [];
  client.on('notification', ({ payload = '' }) => payloads.push(payload));
  await client.connect();
  const name = client.escapeIdentifier(channel);
  await client.query(`listen ${name}`);
  return {
    received: async () => {
      await client.query(`notify ${name}, 'fence'`);
      while (!payloads.includes('fence')) await once(client, 'notification');
      return payloads.splice(0).filter((payload) => payload !== 'fence');
    },
    close: () => client.end(),
  };
}

async function ensureIdentity(transaction: Parameters<typeof findActionToExecute>[0]): Promise<number> {
  const { rows } = await sql<{ id: number }>`insert into identity (login) values ('requester') on conflict (login)
    do update set updated = platform_now() returning id`.execute(transaction);
  return rows[0]!.id;
}
