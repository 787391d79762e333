import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Settings } from '../../../platform/settings';
import { runWorker } from '../../../platform/worker/main';
import { withDatabase } from '../with-database';

const LOOK_MS = 10;
const SLOTS = 4;

let directory: string;
let owner: Client;
// Before the database's own end, which would be an error to whoever is still connected.
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

/** A worker of this test. */
async function startWorker(more: Partial<Settings> = {}) {
  const settings: Settings = {
    pickUpMs: 300_000,
    notifierPort: 0,
    databaseUrl: database().url,
    directory,
    instance: `test-${process.pid}`,
    host: '127.0.0.1',
    port: 0,
    selfRegistration: false,
    loginTries: 10,
    refreshRotation: false,
    tokenSecret: null,
    encryptionKey: null,
    workers: 1,
    slots: SLOTS,
    killGraceMs: 200,
    sensorBackoffMs: 100,
    heartbeatMs: 100,
    leaseMs: 1_000,
    logLimitBytes: 65_536,
    recovery: 'auto',
    maxRecoveries: 3,
    npmRegistry: null,
    pythonIndex: null,
    egress: { allow: [], nameServers: null },
    packRoots: null,
    source: 'test',
    ...more,
  };
  const name = `w${++workers}`;
  const stop = new AbortController();
  const ended = runWorker({
    db: database().db,
    settings,
    name,
    apiUrl: 'http://127.0.0.1:9',
    program: '',
    stop: stop.signal,
  });
  const { id } = await until(() => one<{ id: string }>('select id from worker where name = $1', [name]));
  return {
    id: Number(id),
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}

const one = async <T extends object>(text: string, values: unknown[]): Promise<T | undefined> =>
  (await owner.query<T>(text, values)).rows[0];

/** Looks until there is an answer; the test's own limit is the deadline. */
async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(LOOK_MS);
  }
}

let actions = 0;

/** Assigns executions of a new inline action to the worker, and rings unless told not to. */
async function assign(worker: number, script: string, { count = 1, ring = true } = {}): Promise<number[]> {
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
  if (ring) await owner.query(`select pg_notify('tuningfork_worker', $1)`, [JSON.stringify({ worker })]);
  return rows.map(({ id }) => Number(id));
}

interface Row {
  status: string;
  result: Record<string, unknown>;
}

const ended = (id: number): Promise<Row> =>
  until(() => one<Row>(`select status, result from execution where id = $1 and finished_at is not null`, [id]));

const running = (id: number) => until(() => one(`select id from execution where id = $1 and status = 'running'`, [id]));

test('runs what it is assigned, and gives its lease back', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'echo "$message"');
  expect(await ended(id!)).toMatchObject({ status: 'completed', result: { succeeded: true, stdout: 'hi\n' } });
  expect(await one('select from lease where owner = $1', [worker.id])).toBeUndefined();
  await worker.stop();
});

test('finds what was not rung', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'builtin:echo', { ring: false });
  expect(await ended(id!)).toMatchObject({ status: 'completed' });
  await worker.stop();
});

test('runs at most as many at once as it has slots, and all in the end', async () => {
  const worker = await startWorker();
  const ids = await assign(worker.id, 'sleep 0.2', { count: 3 * SLOTS });
  const ends: string[] = [];
  for (const id of ids) ends.push((await ended(id)).status);
  expect(ends).toEqual(ids.map(() => 'completed'));
  const most = await one<{ n: string }>(
    `select max((select count(*) from execution b where b.worker = a.worker
       and b.started_at <= a.started_at and b.finished_at > a.started_at)) as n from execution a where worker = $1`,
    [worker.id],
  );
  expect(Number(most?.n)).toBe(SLOTS);
  await worker.stop();
});

test.each(['told by the bell', 'told by the heartbeat'])('stops a running execution, %s', async (how) => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'sleep 30');
  await running(id!);
  await owner.query(`update execution set status = 'canceling' where id = $1`, [id]);
  const word = JSON.stringify({ worker: worker.id, cancel: id });
  if (how === 'told by the bell') await owner.query(`select pg_notify('tuningfork_worker', $1)`, [word]);
  expect(await ended(id!)).toMatchObject({ status: 'cancelled', result: { cancelled: true } });
  await worker.stop();
});

test('an end under a lease that is gone changes nothing', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'sleep 0.3');
  await running(id!);
  await owner.query(`update lease set fencing_token = nextval('fencing_token') where resource = 'execution:' || $1`, [
    id,
  ]);
  await worker.stop();
  expect(await one('select status, finished_at from execution where id = $1', [id])).toEqual({
    status: 'running',
    finished_at: null,
  });
});

test('an end outlives the loss of every connection', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'sleep 0.3; echo done');
  await running(id!);
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`,
  );
  expect(await ended(id!)).toMatchObject({ status: 'completed', result: { stdout: 'done\n' } });
  await worker.stop();
});

test('a worker that is stopped takes nothing more, stops what runs without an end, and is inactive', async () => {
  const worker = await startWorker();
  const [id] = await assign(worker.id, 'sleep 30');
  await running(id!);
  await worker.stop();
  expect(await one('select status, finished_at from execution where id = $1', [id])).toEqual({
    status: 'running',
    finished_at: null,
  });
  expect(await one('select status from worker where id = $1', [worker.id])).toEqual({ status: 'inactive' });
});

const isInstalled = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

test('registers the runtimes it found', async () => {
  const worker = await startWorker();
  const row = await one<{ runtimes: object }>('select runtimes from worker where id = $1', [worker.id]);
  const others = Object.entries({ go: 'go', java: 'java', perl: 'perl', r: 'Rscript', ruby: 'ruby' });
  const installed = others.filter(([, program]) => isInstalled(program)).map(([name]) => name);
  expect(Object.keys(row!.runtimes).sort()).toEqual(['native', 'nodejs', 'python', 'shell', ...installed].sort());
  await worker.stop();
});
