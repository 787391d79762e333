import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { FaultPlatform } from './fault-platform';
import { createRecordingAction, type RecordingAction } from './recording-action';
import { livenessDeadline } from '../liveness';

/** Longer than the grace of a stop, and than a lease. */
const LONG_SECONDS = 4;

let platform: FaultPlatform;
let action: RecordingAction;
beforeAll(async () => {
  platform = await FaultPlatform.start(2);
  action = await createRecordingAction(platform);
});
afterAll(() => platform[Symbol.asyncDispose]());

/** Executes the action and waits until its process has started. */
async function startExecution(seconds: number): Promise<number> {
  const { id } = await platform.client().executions.execute({ action_ref: action.ref, parameters: { seconds } });
  await until(
    predicateToHold('the process to start', () => eventsOf(id).includes('1 start')),
    livenessDeadline(),
  );
  return id;
}

/** `attempt event` of each line that the execution's processes wrote, in order. */
const eventsOf = (id: number): string[] =>
  action.ledger().flatMap(({ execution, attempt, event }) => (execution === id ? [`${attempt} ${event}`] : []));

const completed = (id: number) => until(executionToBe('completed', platform.client(), id), livenessDeadline());

/** Pid of the worker that runs the execution. */
async function workerOf(id: number): Promise<number> {
  const { rows } = await platform.owner.query<{ pid: number }>(
    `select (w.meta ->> 'pid')::int as pid from worker w join execution e on e.worker = w.id where e.id = $1`,
    [id],
  );
  return rows[0]!.pid;
}

interface Stored {
  readonly status: string;
  readonly stdout: string;
  readonly ends: number;
}

async function storedResult(id: number): Promise<Stored> {
  const { rows } = await platform.owner.query<Stored>(
    `select status, result ->> 'stdout' as stdout, (select count(*)::int from execution_event l
       where l.execution = e.id and l.type = 'EXECUTION_COMPLETED') as ends from execution e where id = $1`,
    [id],
  );
  return rows[0]!;
}

/** The status from which the execution was run again, each time. */
async function recoveries(id: number): Promise<string[]> {
  const { rows } = await platform.owner.query<{ status: string }>(
    `select payload ->> 'from' as status from execution_event
       where execution = $1 and type = 'EXECUTION_RECOVERED' order by seq`,
    [id],
  );
  return rows.map(({ status }) => status);
}

const resultOf = (attempt: number): Stored => ({ status: 'completed', stdout: `{"attempt": ${attempt}}\n`, ends: 1 });

test('DU-03 the execution of a killed worker is run again once', async () => {
  const id = await startExecution(1);

  process.kill(await workerOf(id), 'SIGKILL');
  await completed(id);

  expect(await storedResult(id)).toEqual(resultOf(2));
  expect(eventsOf(id).filter((line) => line.endsWith('start'))).toEqual(['1 start', '2 start']);
});

test('DU-08 a worker that stalls past its lease writes no result', async () => {
  const id = await startExecution(0.5);
  const pid = await workerOf(id);

  process.kill(pid, 'SIGSTOP');
  await completed(id);
  const stored = await storedResult(id);
  process.kill(pid, 'SIGCONT');
  await platform.kill('SIGTERM'); // an orderly stop ends after every worker has written what it has

  expect(stored).toEqual(resultOf(2));
  expect(await storedResult(id)).toEqual(stored);
  await platform.boot();
});

test('DU-08 a worker that stalls past its lease stops its program', async () => {
  const id = await startExecution(2 * LONG_SECONDS);
  const pid = await workerOf(id);

  process.kill(pid, 'SIGSTOP');
  await until(
    predicateToHold('the second attempt to start', () => eventsOf(id).includes('2 start')),
    livenessDeadline(),
  );
  process.kill(pid, 'SIGCONT');
  await completed(id);

  expect(eventsOf(id)).toEqual(['1 start', '2 start', '2 end']);
});

test('DU-11 an orderly stop lets short work end and long work run again', async () => {
  const [short, long] = [await startExecution(0.3), await startExecution(LONG_SECONDS)];

  const exit = await platform.kill('SIGTERM');
  const stopped = { short: (await storedResult(short)).status, long: (await storedResult(long)).status };
  await platform.boot();
  await completed(long);

  expect(exit).toEqual([null, 'SIGTERM']);
  expect(stopped).toEqual({ short: 'completed', long: 'suspended' });
  const [first, ...later] = await recoveries(long); // a busy host may lose a lease after the restart
  expect(first).toBe('suspended');
  expect([await storedResult(short), await storedResult(long)]).toEqual([resultOf(1), resultOf(2 + later.length)]);
});

test('DU-01 a request whose response is lost is answered after a restart', async () => {
  const request = {
    ...{ method: 'POST', headers: { ...platform.headers, 'idempotency-key': 'lost' } },
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
