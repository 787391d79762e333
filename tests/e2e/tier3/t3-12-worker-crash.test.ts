// Spec: a lost worker loses no work silently, and what it ran ends once or is run again once.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { reservePair, type RestartablePlatform } from '../support/commands/restartable-platform';
import {
  childrenOf,
  expectLost,
  freezeAndKill,
  lateAnswerToBeRejected,
  nameOfWorker,
  startFirst,
  startOn,
  workerOf,
  workerToBe,
  type Policy,
} from '../support/commands/lost-worker';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { onlyChildOfTask } from '../../../helpers/scenario/resources/child-executions';
import { signalProcess } from '../../../helpers/scenario/processes';
import { createLedgerActions, entriesOf, inputOf, openGate, programsTo } from '../support/ledger-actions';
import { createWorkflow, onFailure, type Transition } from '../../../helpers/scenario/resources/workflow-task';
import { targetNow } from '../../../helpers/scenario/time/target-now';

const NEEDS = ['process', 'sql', 'host.processes', 'workers.pin'];
const ENDED_ONCE = [...NEEDS, 'executions.history'];

claim.concurrent('T3.12a', ENDED_ONCE, 'what a lost worker ran ends as lost, once, in time', async (ctx) => {
  await reservePair(ctx);
  const first = await startFirst(ctx, 'off');
  const second = await first.startBeside();
  const pack = await createLedgerActions(ctx, first.client);
  const id = await startOn(ctx, first, `${pack}.hold`, 'killed');

  const lostAt = targetNow(); // of the server of its database, too
  await first.end('SIGKILL');
  const lost = await until(executionToBe('abandoned', second.client, id), ctx.deadline);

  const inactive = workerToBe('inactive', second, workerOf(first));
  await expectLost(ctx, second.client, lost, { name: workerOf(first), lostAt, reason: 'crashed', fence: inactive });
  expect(entriesOf(ctx, 'killed', 'end')).toEqual([]);
});

claim.concurrent('T3.12d', ENDED_ONCE, 'the late answer of a worker that was lost changes nothing', async (ctx) => {
  const platform = await startFirst(ctx, 'off');
  const pack = await createLedgerActions(ctx, platform.client);
  const id = await startOn(ctx, platform, `${pack}.hold`, 'frozen');
  const worker = platform.workerPidOf(id);

  const lostAt = targetNow(); // of the server of its database, too
  signalProcess(worker, 'SIGSTOP');
  openGate(ctx, 'frozen'); // its program succeeds, and the worker that runs it does not answer
  await programsTo(ctx, 'frozen', 'end', 1);
  const lost = await until(executionToBe('abandoned', platform.client, id), ctx.deadline);
  signalProcess(worker, 'SIGCONT');

  const rejected = lateAnswerToBeRejected(platform, id);
  await expectLost(ctx, platform.client, lost, {
    name: workerOf(platform),
    lostAt,
    reason: 'heartbeat_timeout',
    fence: rejected,
  });
});

const QUEUED = ['one', 'two', 'three'];

/** Executes the action `append` once for each label of `QUEUED`; none has a slot. */
async function fillQueue(ctx: Context, { client }: RestartablePlatform, pack: string): Promise<number[]> {
  const ids: number[] = [];
  for (const label of QUEUED) {
    const request = { action_ref: `${pack}.append`, parameters: inputOf(ctx, label) };
    ids.push((await client.executions.execute(request)).id);
  }
  expect(QUEUED.map((label) => entriesOf(ctx, label, 'start'))).toEqual([[], [], []]);
  return ids;
}

claim.concurrent('T3.12b', NEEDS, 'what waits for a worker that is killed runs once on another', async (ctx) => {
  const first = await startFirst(ctx, 'off', 1);
  const pack = await createLedgerActions(ctx, first.client);
  const busy = await startOn(ctx, first, `${pack}.hold`, 'busy');
  const queued = await fillQueue(ctx, first, pack);

  await first.end('SIGKILL');
  const second = await first.startBeside();
  for (const id of queued) await until(executionToBe('completed', second.client, id), ctx.deadline);
  await until(executionToBe('abandoned', second.client, busy), ctx.deadline);

  const { executions } = second.client;
  const records = await Promise.all(queued.map((id) => executions.get(id)));
  const workers = await Promise.all(records.map(({ worker }) => nameOfWorker(second, worker)));
  expect(workers).toEqual(queued.map(() => workerOf(second)));
  const starts = () => QUEUED.map((label) => entriesOf(ctx, label, 'start').map(({ execution }) => execution));
  const once = queued.map((id) => [id]);
  await stays(starts, once, executionToBe('completed', second.client, queued.at(-1)!), ctx.quietMs, ctx.deadline);
  const all = (await executions.list({})).map(({ id, status }) => [id, status]);
  expect(all.sort()).toEqual([[busy, 'abandoned'], ...queued.map((id) => [id, 'completed'])].sort());
});

/** Starts T, with these transitions, then R: on the first of two platforms, as T is. */
async function startWithTask(ctx: Context, policy: Policy, T: string, R: string, next: Transition[]) {
  await reservePair(ctx);
  const first = await startFirst(ctx, policy);
  const pack = await createLedgerActions(ctx, first.client);
  const flow = await createWorkflow(first.client, pack, [
    { name: T, action: `${pack}.hold`, input: inputOf(ctx, T), next },
    { name: R, action: `${pack}.append`, input: inputOf(ctx, R) },
  ]);
  const { id } = await first.client.executions.execute({ action_ref: flow.ref });
  await programsTo(ctx, T, 'start', 1);
  const second = await first.startBeside();
  return { first, second, id };
}

const FAILURE_PATH = [...NEEDS, 'workflows.failure_branches'];

claim.concurrent('T3.12c', FAILURE_PATH, 'a workflow goes on by its path for a lost task', async (ctx) => {
  const { first, second, id } = await startWithTask(ctx, 'off', 'lost', 'repair', [onFailure('repair')]);

  await first.end('SIGKILL');
  await until(executionToBe('completed', second.client, id), ctx.deadline);

  expect(await childrenOf(second, id, 'repair')).toEqual({
    statuses: { lost: 'abandoned', repair: 'completed' },
    worker: workerOf(second),
  });
  expect(['lost', 'repair'].map((label) => entriesOf(ctx, label, 'start').length)).toEqual([1, 1]);
});

const RECOVERY = [...FAILURE_PATH, 'executions.recovery', 'executions.history'];

const ID = expect.any(Number) as number;
const INSTANT = expect.any(String) as string;

/** What the history of an execution has after its request where it runs twice and completes. */
const RUN_TWICE = [
  { status: 'scheduled', worker: ID },
  { status: 'running', started_at: INSTANT },
  { status: 'requested', worker: null, started_at: null },
  { status: 'scheduled', worker: ID },
  { status: 'running', started_at: INSTANT },
  { status: 'completed', finished_at: INSTANT },
];

/** Without assignments that ended before a program started: a busy worker may lose one, too. */
const ofPrograms = (changes: readonly { readonly new_values: unknown }[]) =>
  changes
    .map(({ new_values }) => new_values as { readonly status: string })
    .filter(({ status }, n, all) => {
      const isAssigned = status === 'scheduled' && all[n + 1]?.status === 'requested';
      return !isAssigned && !(status === 'requested' && all[n - 1]?.status === 'scheduled');
    });

claim.concurrent('T3.12e', RECOVERY, 'a lost task that is run again ends with its second program', async (ctx) => {
  const { first, second, id } = await startWithTask(ctx, 'auto', 'again', 'unused', [onFailure('unused')]);
  const [{ id: child } = { id: 0 }] = await second.client.executions.children(id);

  const frozen = freezeAndKill(first, child);
  await programsTo(ctx, 'again', 'start', 2);
  openGate(ctx, 'again');
  await until(executionToBe('completed', second.client, id), ctx.deadline);
  const before = await second.client.executions.get(child);
  frozen.continue(); // it answers for the first program, which was killed
  await until(lateAnswerToBeRejected(first, child), ctx.deadline);

  expect(await second.client.executions.get(child)).toEqual(before);
  const statuses = { again: 'completed' };
  expect(await childrenOf(second, id, 'again')).toEqual({ statuses, worker: workerOf(second) });
  expect(entriesOf(ctx, 'again', 'end').map(({ execution }) => execution)).toEqual([child]);
  expect(entriesOf(ctx, 'again', 'start')).toHaveLength(2);
  const [, ...changes] = (await second.client.history.ofExecution(child)).reverse();
  expect(ofPrograms(changes)).toEqual(RUN_TWICE);
});

/** Of a workflow, seconds. */
const LIMIT = 5;
const STOPS = [...NEEDS, 'executions.cancel', 'executions.timeout'];

claim.concurrent('T3.12f', STOPS, 'what was stopped on a lost worker ends by the cause of its stop', async (ctx) => {
  const platform = await startFirst(ctx, 'off');
  const { executions } = platform.client;
  const action = `${await createLedgerActions(ctx, platform.client)}.ignore`;
  const cancelled = await startOn(ctx, platform, action, 'cancelled');
  const tasks = [{ name: 'limited', action, input: inputOf(ctx, 'limited') }];
  const flow = await createWorkflow(platform.client, action.split('.')[0]!, tasks, { timeout: LIMIT });
  const { id } = await executions.execute({ action_ref: flow.ref });
  await programsTo(ctx, 'limited', 'start', 1);
  const limited = onlyChildOfTask('limited', await executions.children(id)).id;

  await executions.cancel(cancelled);
  for (const each of [cancelled, limited]) await until(executionToBe('canceling', platform.client, each), ctx.deadline);
  for (const each of [cancelled, limited]) freezeAndKill(platform, each);
  await until(executionToBe('failed', platform.client, id), ctx.deadline);
  await until(executionToBe('cancelled', platform.client, cancelled), ctx.deadline);

  const results = await Promise.all([cancelled, limited, id].map(async (each) => (await executions.get(each)).result));
  const lost = { succeeded: false, cancelled: true, worker_lost: true };
  const level = { timeout_level: 'workflow', timeout_seconds: LIMIT };
  expect(results).toEqual([
    { ...lost, error: 'Execution cancelled by user' },
    { ...lost, ...level, error: `Stopped: its workflow timed out after ${LIMIT} seconds` },
    { succeeded: false, timed_out: true, ...level, error: `Execution timed out after ${LIMIT} seconds` },
  ]);
});
