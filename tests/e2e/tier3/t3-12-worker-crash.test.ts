// Spec: a lost worker loses no work silently, and what it ran ends once or is run again once.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { KeptPlatform } from '../support/commands/kept-platform';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import { signalProcess } from '../../../helpers/scenario/processes';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { createLedgerActions, entriesOf, HOLD_MS, inputOf, openGate, programsTo } from '../support/ledger-actions';
import { createScratchDatabase } from '../support/scratch-database';
import { terminalStatuses } from '../support/terminal-statuses';
import { createWorkflow, onFailure, type Transition } from '../../../helpers/scenario/resources/workflow-task';
import { expectWithin } from '../../../helpers/scenario/upper-bound';

const NEEDS = ['process', 'sql', 'host.processes', 'workers.pin'];

/** From the loss of a worker to the end of what it ran, ms: its leases last as long without it. */
const LOSS_DETECTION_MS = 5_000;
type Policy = 'off' | 'auto';

/**
 * Starts a platform with a database of its own. `off`: what its worker lost is not run again.
 */
async function startFirst(ctx: Context, recovery: Policy, slots = 10): Promise<KeptPlatform> {
  const { url } = await createScratchDatabase(ctx);
  return KeptPlatform.start(ctx, {
    DATABASE_URL: url,
    PLATFORM_RECOVERY: recovery,
    PLATFORM_LEASE_SECONDS: String(LOSS_DETECTION_MS / 1_000),
    PLATFORM_HEARTBEAT_SECONDS: '1',
    PLATFORM_WORKER_SLOTS: String(slots),
    PLATFORM_ACTION_PATHS: ctx.facts.directory, // of the ledger
  });
}

/** The name of its one worker. */
const workerOf = ({ instance }: KeptPlatform): string => `${instance}-w1`;

/** Executes an action on one worker. Returns its id once its program runs. */
async function startOn(ctx: Context, platform: KeptPlatform, action_ref: string, label: string): Promise<number> {
  const worker_selector = { worker: workerOf(platform) };
  const { id } = await platform.client.executions.execute({
    action_ref,
    parameters: inputOf(ctx, label),
    worker_selector,
  });
  await programsTo(ctx, label, 'start', 1);
  return id;
}

const nameOfWorker = async ({ client }: KeptPlatform, id: number | null) =>
  (await client.workers.list()).find((worker) => worker.id === id)?.name;

const workerToBe = (status: string, { client }: KeptPlatform, name: string) =>
  predicateToHold(`worker ${name} to be ${status}`, async () => {
    const worker = (await client.workers.list()).find((each) => each.name === name);
    return worker?.status === status;
  });

/** The platform has rejected the answer of a worker that came too late. */
const lateAnswerToBeRejected = (platform: KeptPlatform, execution: number) =>
  predicateToHold(`the late answer to ${execution} to be rejected`, () =>
    platform.linesWith('LEASE_FENCED').some((line) => line.execution === execution),
  );

const lostTo = (name: string) => ({
  status: 'abandoned',
  result: {
    error: expect.stringContaining(name) as string,
    abandoned_by: 'execution_timeout_monitor',
    original_status: 'running',
    worker: { name },
  },
});

claim.concurrent(
  'T3.12a',
  [...NEEDS, 'executions.history'],
  'what a lost worker ran ends as lost, once, in time',
  async (ctx) => {
    const first = await startFirst(ctx, 'off');
    const second = await first.startBeside();
    const pack = await createLedgerActions(ctx, first.client);
    const killed = await startOn(ctx, first, `${pack}.hold`, 'killed');
    const frozen = await startOn(ctx, second, `${pack}.hold`, 'frozen');
    const frozenWorker = second.workerPidOf(frozen);

    signalProcess(frozenWorker, 'SIGSTOP');
    const lostAt = Date.now() + ctx.facts.aheadMs; // of the server of its database, too
    await first.end('SIGKILL');
    openGate(ctx, 'frozen'); // its program succeeds, and the worker that runs it does not answer
    await programsTo(ctx, 'frozen', 'end', 1);
    const ids = [killed, frozen];
    const lost: Awaited<ReturnType<typeof second.client.executions.get>>[] = [];
    for (const id of ids) lost.push(await until(executionToBe('abandoned', second.client, id), ctx.deadline));
    await until(workerToBe('inactive', second, workerOf(first)), ctx.deadline);
    signalProcess(frozenWorker, 'SIGCONT');

    const ends = async () => [
      await terminalStatuses(second.client, killed),
      await terminalStatuses(second.client, frozen),
    ];
    const onceLost = [['abandoned'], ['abandoned']];
    await stays(ends, onceLost, lateAnswerToBeRejected(second, frozen), ctx.quietMs, ctx.deadline);
    const records = await Promise.all(ids.map((id) => second.client.executions.get(id)));
    expect(records).toMatchObject([lostTo(workerOf(first)), lostTo(workerOf(second))]);
    expect(entriesOf(ctx, 'killed', 'end')).toEqual([]);
    const delays = lost.map(({ finished_at }) => parseInstant(finished_at!) - lostAt);
    expect(delays.every((delay) => delay > 0)).toBe(true);
    const bound = { nominal: LOSS_DETECTION_MS, margin: HOLD_MS - LOSS_DETECTION_MS };
    expectWithin(ctx.slackMs('run'), ...delays.map((measured) => ({ what: 'the loss', measured, ...bound })));
  },
);

const QUEUED = ['one', 'two', 'three'];

claim.concurrent('T3.12b', NEEDS, 'what waits for a worker that is killed runs once on another', async (ctx) => {
  const first = await startFirst(ctx, 'off', 1);
  const pack = await createLedgerActions(ctx, first.client);
  const busy = await startOn(ctx, first, `${pack}.hold`, 'busy');
  const action_ref = `${pack}.append`;
  const queued: number[] = [];
  for (const label of QUEUED) {
    const { id } = await first.client.executions.execute({ action_ref, parameters: inputOf(ctx, label) });
    queued.push(id);
  }
  expect(QUEUED.map((label) => ctx.ledger.count(ctx.ledgerInput(label).key))).toEqual([0, 0, 0]);

  await first.end('SIGKILL');
  const second = await first.startBeside();
  const { executions } = second.client;
  for (const id of queued) await until(executionToBe('completed', second.client, id), ctx.deadline);
  await until(executionToBe('abandoned', second.client, busy), ctx.deadline);

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

/** The one child of each task, and its status; the worker of one of them. */
const childrenOf = async (platform: KeptPlatform, id: number, name: string) => {
  const children = await platform.client.executions.children(id);
  const { worker } = await platform.client.executions.get(onlyChildOfTask(name, children).id);
  return { statuses: statusByTask(children), worker: await nameOfWorker(platform, worker) };
};

/** A task that is not run again: the failure path of its workflow is followed. */
async function expectFailurePath(ctx: Context): Promise<void> {
  const { first, second, id } = await startWithTask(ctx, 'off', 'lost', 'repair', [onFailure('repair')]);

  await first.end('SIGKILL');
  await until(executionToBe('completed', second.client, id), ctx.deadline);

  const { statuses, worker } = await childrenOf(second, id, 'repair');
  expect({ statuses, worker }).toEqual({
    statuses: { lost: 'abandoned', repair: 'completed' },
    worker: workerOf(second),
  });
  expect(['lost', 'repair'].map((label) => entriesOf(ctx, label, 'start').length)).toEqual([1, 1]);
}

/**
 * A task that is run again. Its first program is killed while its worker is frozen, which answers
 * for it once the second one has ended.
 */
async function expectRecovery(ctx: Context): Promise<void> {
  const { first, second, id } = await startWithTask(ctx, 'auto', 'again', 'unused', [onFailure('unused')]);
  const [{ id: child } = { id: 0 }] = await second.client.executions.children(id);
  const worker = first.workerPidOf(child);

  signalProcess(worker, 'SIGSTOP');
  for (const pid of first.processesOf(child)) signalProcess(pid, 'SIGKILL');
  await programsTo(ctx, 'again', 'start', 2);
  openGate(ctx, 'again');
  await until(executionToBe('completed', second.client, id), ctx.deadline);
  const before = await second.client.executions.get(child);
  signalProcess(worker, 'SIGCONT');
  await until(lateAnswerToBeRejected(first, child), ctx.deadline);

  expect(await second.client.executions.get(child)).toEqual(before);
  expect(await childrenOf(second, id, 'again')).toEqual({
    statuses: { again: 'completed' },
    worker: workerOf(second),
  });
  expect(entriesOf(ctx, 'again', 'end').map(({ execution }) => execution)).toEqual([child]);
  expect(entriesOf(ctx, 'again', 'start')).toHaveLength(2);
}

claim.concurrent(
  'T3.12c',
  [...NEEDS, 'workflows.failure_branches'],
  'a workflow goes on by its path for a task whose worker is lost',
  async (ctx) => {
    await expectFailurePath(ctx);
    if (ctx.canProve('executions.recovery')) await expectRecovery(ctx);
  },
);
