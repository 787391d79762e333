import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { pidsMentioning } from '../embedded/holder-process';
import { FaultPlatform } from './fault-platform';
import { createRecordingAction, type RecordingAction } from './recording-action';
import { livenessDeadline } from '../liveness';

/** A busy host may still lose a lease: each test counts the recoveries. */
const SETTINGS = {
  PLATFORM_LEASE_SECONDS: '5',
  PLATFORM_HEARTBEAT_SECONDS: '1',
  PLATFORM_SHUTDOWN_GRACE_SECONDS: '8',
};

let platform: FaultPlatform;
let action: RecordingAction;
beforeAll(async () => {
  platform = await FaultPlatform.start(2, SETTINGS);
  action = await createRecordingAction(platform);
});
afterAll(() => platform[Symbol.asyncDispose]());

let started = 0;

interface StartedExecution {
  readonly id: number;
  /** Lets its program end. */
  end(): void;
}

/** Executes the action and waits until its process has started. */
async function startExecution(): Promise<StartedExecution> {
  const endFile = join(platform.sharedDirectory, `end-${++started}`);
  const request = { action_ref: action.ref, parameters: { end_file: endFile } };
  const { id } = await platform.client().executions.execute(request);
  await toRecord('the process to start', id, 'start');
  return { id, end: () => writeFileSync(endFile, '') };
}

/** Waits for an event of an attempt after `attempt`. */
const toRecord = (name: string, id: number, event: 'start' | 'end', attempt = 0) =>
  until(
    predicateToHold(name, () => attemptsWith(id, event).some((each) => each > attempt)),
    livenessDeadline(),
  );

const eventsOf = (id: number) => action.ledger().filter(({ execution }) => execution === id);

/** The attempts of which the event was recorded, in order. */
const attemptsWith = (id: number, event: 'start' | 'end'): number[] =>
  eventsOf(id).flatMap((line) => (line.event === event ? [line.attempt] : []));

const completed = (id: number) => until(executionToBe('completed', platform.client(), id), livenessDeadline());

/** The attempt that runs, and the pid of its worker. */
async function currentAttempt(id: number): Promise<{ readonly attempt: number; readonly worker: number }> {
  const { rows } = await platform.owner.query<{ attempt: number; worker: number }>(
    `select e.attempt, (w.meta ->> 'pid')::int as worker
       from worker w join execution e on e.worker = w.id where e.id = $1`,
    [id],
  );
  return rows[0]!;
}

interface Stored {
  readonly status: string;
  readonly attempt: number;
  readonly stdout: string;
  readonly ends: number;
}

async function storedResult(id: number): Promise<Stored> {
  const { rows } = await platform.owner.query<Stored>(
    `select status, attempt, result ->> 'stdout' as stdout, (select count(*)::int from execution_event l
       where l.execution = e.id and l.type = 'EXECUTION_COMPLETED') as ends from execution e where id = $1`,
    [id],
  );
  return rows[0]!;
}

interface Recovery {
  /** From which it was run again. */
  readonly status: string;
  readonly reason: string;
}

async function recoveries(id: number): Promise<Recovery[]> {
  const { rows } = await platform.owner.query<Recovery>(
    `select payload ->> 'from' as status, payload ->> 'reason' as reason from execution_event
       where execution = $1 and type = 'EXECUTION_RECOVERED' order by seq`,
    [id],
  );
  return rows;
}

/** Expects the result of the last attempt: each one after the first followed a recovery. */
async function expectResult(id: number): Promise<Stored> {
  const stored = await storedResult(id);
  const { attempt } = stored;
  expect(stored).toEqual({ status: 'completed', attempt, stdout: `{"attempt": ${attempt}}\n`, ends: 1 });
  expect((await recoveries(id)).length).toBeGreaterThanOrEqual(attempt - 1);
  return stored;
}

test('DU-03 the execution of a killed worker is run again once', async () => {
  const { id, end } = await startExecution();
  const { attempt, worker } = await currentAttempt(id);

  process.kill(worker, 'SIGKILL');
  await toRecord('another attempt to start', id, 'start', attempt);
  end();
  await completed(id);

  expect((await recoveries(id)).filter(({ reason }) => reason === 'crashed')).toEqual([
    { status: 'running', reason: 'crashed' },
  ]);
  await expectResult(id);
  const starts = attemptsWith(id, 'start');
  expect(starts).toEqual([...new Set(starts)]);
  expect(attemptsWith(id, 'end')).not.toContain(attempt);
});

test('DU-08 a worker that stalls past its lease writes no result', async () => {
  const { id, end } = await startExecution();
  const { attempt, worker } = await currentAttempt(id);

  process.kill(worker, 'SIGSTOP');
  end();
  await completed(id);
  const stored = await expectResult(id);
  process.kill(worker, 'SIGCONT');
  await platform.kill('SIGTERM'); // an orderly stop ends after every worker has written what it has

  expect(stored.attempt).toBeGreaterThan(attempt);
  expect(await storedResult(id)).toEqual(stored);
  await platform.boot();
});

test('DU-08 a worker that stalls past its lease stops its program', async () => {
  const { id, end } = await startExecution();
  const { attempt, worker } = await currentAttempt(id);
  const mark = `PLATFORM_MARK=${platform.main.running.instance_id}:${id}:${attempt}\0`;
  expect(pidsMentioning(mark)).not.toEqual([]);

  process.kill(worker, 'SIGSTOP');
  await toRecord('another attempt to start', id, 'start', attempt);
  process.kill(worker, 'SIGCONT');
  await until(
    predicateToHold('its program to end', () => pidsMentioning(mark).length === 0),
    livenessDeadline(),
  );
  end();
  await completed(id);

  expect(attemptsWith(id, 'end')).not.toContain(attempt);
  const last = attemptsWith(id, 'start').at(-1)!;
  expect(last).toBeGreaterThan(attempt);
  expect(eventsOf(id).slice(-2)).toEqual(
    (['start', 'end'] as const).map((event) => ({ execution: id, attempt: last, event })),
  );
});

test('DU-11 an orderly stop lets short work end and long work run again', async () => {
  const [short, long] = [await startExecution(), await startExecution()];

  const exited = platform.kill('SIGTERM');
  short.end();
  const exit = await exited;
  const stopped = { short: (await storedResult(short.id)).status, long: (await storedResult(long.id)).status };
  long.end();
  await platform.boot();
  await completed(long.id);

  expect(exit).toEqual([null, 'SIGTERM']);
  expect(stopped).toEqual({ short: 'completed', long: 'suspended' });
  expect((await recoveries(long.id)).map(({ status }) => status)).toContain('suspended');
  for (const { id } of [short, long]) await expectResult(id);
});

test('DU-01 a request whose response is lost is answered after a restart', async () => {
  const request = {
    method: 'POST',
    headers: { ...platform.headers, 'idempotency-key': 'lost' },
    body: JSON.stringify({ action_ref: action.ref, parameters: {} }),
  };
  const execute = async (): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${platform.url}/api/v1/executions/execute`, request);
    return { status: response.status, body: await response.text() };
  };
  const first = await execute();

  await platform.kill();
  await platform.boot();
  const repeated = await execute();

  expect(first.status).toBe(201);
  expect(repeated).toEqual(first);
  const { id } = (JSON.parse(first.body) as { data: { id: number } }).data;
  await completed(id);
  expect((await storedResult(id)).ends).toBe(1);
});
