import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { pino } from 'pino';
import { DEFAULT_LIMITS } from '../../../platform/base/limits';
import type { WorkerSettings } from '../../../platform/base/settings/settings';
import { openDatabaseAccess } from '../../../platform/workers/access/database-access';
import { openWorkerFeed } from '../../../platform/workers/access/worker-feed';
import { runWorker } from '../../../platform/worker/main';
import { withDatabase } from '../database/with-database';

const POLL_MS = 10;
const SLOTS = 4;

let directory: string;
let owner: Client;
// Registered before the database's own hook, so that the client disconnects first.
afterAll(async () => {
  await owner.end();
  rmSync(directory, { recursive: true, force: true });
});
const database = withDatabase();
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'worker-'));
  owner = new Client({ connectionString: database().url });
  await owner.connect();
  await owner.query(`insert into pack (id, ref) values (900, 'demo')`);
});

let workers = 0;

const workerSettings = (): WorkerSettings => ({
  pickUpMs: 300_000,
  notifierPort: 0,
  directory,
  instance: `test-${process.pid}`,
  joins: false,
  roles: ['worker', 'sensor'],
  remoteApiUrl: null,
  host: '127.0.0.1',
  port: 0,
  extensions: true,
  selfRegistration: false,
  webDirectory: null,
  queueChangeMs: 0,
  loginTries: 10,
  trustedProxies: [],
  acceptsWorkerTokens: false,
  refreshRotation: false,
  workers: 1,
  slots: SLOTS,
  workerName: null,
  placement: { labels: {}, taints: [] },
  killGraceMs: 200,
  shutdownGraceMs: 200,
  status: 'extended',
  sensorBackoffMs: 100,
  heartbeatMs: 100,
  leaseMs: 1_000,
  standaloneLeaseMs: 60_000,
  logLimitBytes: 65_536,
  isolation: 'off',
  isolationBackend: 'own',
  actionNetwork: 'full',
  actionLoopback: 'open',
  firstActionUid: 1_900_000_000,
  actionPaths: [],
  actionOpenFiles: 1_024,
  actionFileBytes: 1_024 ** 3,
  actionProcesses: 1_024,
  tenantProcesses: 4_096,
  actionMemoryBytes: 2 * 1_024 ** 3,
  programsMemoryBytes: null,
  tenantMemoryBytes: null,
  clockOffsetMs: 0,
  virtualTime: false,
  recovery: 'auto',
  maxRecoveries: 3,
  retentionSeconds: 0,
  diskFloorBytes: 0,
  actionDiskBytes: 1_024 ** 3,
  retentionCount: 0,
  actionVariables: [],
  limits: DEFAULT_LIMITS,
  npmRegistry: null,
  pythonIndex: null,
  egress: { allow: [], nameServers: null },
  packRoots: null,
  containers: null,
  source: 'test',
});

async function startWorker(overrides: Partial<WorkerSettings> = {}) {
  // What an earlier worker of this name left anywhere on the host is killed.
  const name = `test-${process.pid}-${++workers}`;
  const stop = new AbortController();
  const { db, url } = database();
  const settings = { ...workerSettings(), ...overrides };
  const feed = openWorkerFeed(url, pino({ enabled: false }));
  const run = runWorker({
    access: openDatabaseAccess({ db, heartbeatDb: db, tokenSecret: 'unused', name, leaseMs: settings.leaseMs }),
    feed,
    settings,
    name,
    apiUrl: 'http://127.0.0.1:9',
    presetVariables: {},
    program: '',
    isConfined: false,
    onActive: () => undefined,
    stop: stop.signal,
  });
  const { id } = await pollUntil(() => queryOne<{ id: string }>('select id from worker where name = $1', [name]));
  return {
    id: Number(id),
    stop: () => {
      stop.abort();
      return run.finally(() => feed.close());
    },
  };
}

const queryOne = async <T extends object>(text: string, values: unknown[]): Promise<T | undefined> =>
  (await owner.query<T>(text, values)).rows[0];

/** Polls until the query returns a value; the test's time limit is the deadline. */
async function pollUntil<T>(query: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await query();
    if (found !== undefined) return found;
    await pause(POLL_MS);
  }
}

let actions = 0;

/**
 * Assigns executions of a new inline action to the worker; notifies it unless `notify` is false.
 */
async function assign(worker: number, script: string, { count = 1, notify = true } = {}): Promise<number[]> {
  const ref = `demo.act-${++actions}`;
  const builtin = script.startsWith('builtin:');
  await owner.query(
    `insert into action (ref, pack, pack_ref, entrypoint, runtime_ref, is_adhoc) values ($1, 900, 'demo', $2, $3, true)`,
    [ref, script, builtin ? 'core.native' : 'core.shell'],
  );
  const { rows } = await owner.query<{ id: string }>(
    `insert into execution (action, action_ref, status, worker, config)
     select id, ref, 'scheduled', $2, '{"message": "hi"}' from action, generate_series(1, $3) where ref = $1 returning id`,
    [ref, worker, count],
  );
  if (notify) await owner.query(`select pg_notify('tuningfork_worker', $1)`, [JSON.stringify({ worker })]);
  return rows.map(({ id }) => Number(id));
}

interface Row {
  status: string;
  result: Record<string, unknown>;
}

const untilEnded = (id: number): Promise<Row> =>
  pollUntil(() =>
    queryOne<Row>(`select status, result from execution where id = $1 and finished_at is not null`, [id]),
  );

const untilRunning = (id: number) =>
  pollUntil(() => queryOne(`select id from execution where id = $1 and status = 'running'`, [id]));

test('an assigned execution runs and its lease is released', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'echo "$message"');
  expect(await untilEnded(id!)).toMatchObject({ status: 'completed', result: { succeeded: true, stdout: 'hi\n' } });
  expect(await queryOne('select from lease where owner = $1', [worker.id])).toBeUndefined();
  await worker.stop();
});

test('DU-07 work without a notification is found by polling', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'builtin:echo', { notify: false });
  expect(await untilEnded(id!)).toMatchObject({ status: 'completed' });
  await worker.stop();
});

test('all executions run, at most one per slot at once', async () => {
  const worker = await startWorker();
  const started = join(directory, 'started');
  const untilAllSlotsRun = `echo >>${started}; until [ $(wc -l <${started}) -ge ${SLOTS} ]; do sleep 0.02; done`;
  const ids = await assign(worker.id, `${untilAllSlotsRun}; sleep 0.2`, { count: 3 * SLOTS });
  const ends: string[] = [];
  for (const id of ids) ends.push((await untilEnded(id)).status);
  expect(ends).toEqual(ids.map(() => 'completed'));
  const maxConcurrent = await queryOne<{ n: string }>(
    `select max((select count(*) from execution b where b.worker = a.worker
       and b.started_at <= a.started_at and b.finished_at > a.started_at)) as n from execution a where worker = $1`,
    [worker.id],
  );
  expect(Number(maxConcurrent?.n)).toBe(SLOTS);
  await worker.stop();
});

test.each(['notification', 'heartbeat'])('a running execution is cancelled by a %s', async (channel) => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'sleep 30');
  await untilRunning(id!);
  await owner.query(`update execution set status = 'canceling' where id = $1`, [id]);
  const payload = JSON.stringify({ worker: worker.id, cancel: id });
  if (channel === 'notification') await owner.query(`select pg_notify('tuningfork_worker', $1)`, [payload]);
  expect(await untilEnded(id!)).toMatchObject({ status: 'cancelled', result: { cancelled: true } });
  await worker.stop();
});

test('DU-08 an outcome under a lost lease changes nothing', async () => {
  // No heartbeat stops the program, and a stop waits for its end.
  const worker = await startWorker({ heartbeatMs: 300_000, leaseMs: 900_000, killGraceMs: 30_000 });
  const end = join(directory, 'end-of-fenced');
  const [id] = await assign(worker.id, `until [ -e ${end} ]; do sleep 0.02; done`);
  await untilRunning(id!);
  await owner.query(`update lease set fencing_token = nextval('fencing_token') where resource = 'execution:' || $1`, [
    id,
  ]);
  writeFileSync(end, '');
  await worker.stop();
  expect(await queryOne('select status, finished_at from execution where id = $1', [id])).toEqual({
    status: 'running',
    finished_at: null,
  });
});

test('DU-05 an outcome is stored after all connections were lost', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'sleep 0.3; echo done');
  await untilRunning(id!);
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
  );
  expect(await untilEnded(id!)).toMatchObject({ status: 'completed', result: { stdout: 'done\n' } });
  await worker.stop();
});

test('DU-11 a stopped worker relinquishes its attempts and is inactive', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'sleep 30');
  await untilRunning(id!);
  await worker.stop();
  expect(await queryOne('select status, finished_at from execution where id = $1', [id])).toEqual({
    status: 'running',
    finished_at: null,
  });
  expect(await queryOne('select status from worker where id = $1', [worker.id])).toEqual({ status: 'inactive' });
});

const isInstalled = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

test('a worker registers its installed runtimes', async () => {
  const worker = await startWorker();
  const row = await queryOne<{ runtimes: object }>('select runtimes from worker where id = $1', [worker.id]);
  const others = Object.entries({ go: 'go', java: 'java', perl: 'perl', r: 'Rscript', ruby: 'ruby' });
  const installed = others.filter(([, program]) => isInstalled(program)).map(([name]) => name);
  expect(Object.keys(row!.runtimes).sort()).toEqual(['native', 'nodejs', 'python', 'shell', ...installed].sort());
  await worker.stop();
});
