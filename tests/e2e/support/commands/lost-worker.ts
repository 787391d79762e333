import { parseInstant } from '../../../../helpers/instant';
import type { Client } from '../../../../helpers/client/client';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { stays, type Condition } from '../../../../helpers/scenario/polling';
import { signalProcess } from '../../../../helpers/scenario/processes';
import { onlyChildOfTask, statusByTask } from '../../../../helpers/scenario/resources/child-executions';
import { inputOf, programsTo } from '../ledger-actions';
import { createScratchDatabase } from '../scratch-database';
import { terminalStatuses } from '../terminal-statuses';
import { RestartablePlatform } from './restartable-platform';

/** From the loss of a worker to the end of what it ran, ms: its leases last as long without it. */
const LOSS_DETECTION_MS = 5_000;
/** Longer than a test: a program that ignores SIGTERM runs until its worker is lost. */
const KILL_GRACE_SECONDS = 120;
/** `PLATFORM_RECOVERY`. `off`: what a worker lost is not run again. */
export type Policy = 'off' | 'auto';

/** Starts a platform with a database of its own, and one worker. */
export async function startFirst(ctx: Context, recovery: Policy, slots = 10): Promise<RestartablePlatform> {
  const { url } = await createScratchDatabase(ctx);
  return RestartablePlatform.start(ctx, {
    DATABASE_URL: url,
    PLATFORM_RECOVERY: recovery,
    PLATFORM_LEASE_SECONDS: String(LOSS_DETECTION_MS / 1_000),
    PLATFORM_HEARTBEAT_SECONDS: '1',
    PLATFORM_WORKER_SLOTS: String(slots),
    PLATFORM_KILL_GRACE_SECONDS: String(KILL_GRACE_SECONDS),
    PLATFORM_ACTION_PATHS: ctx.facts.directory, // of the ledger
  });
}

/** The name of its one worker. */
export const workerOf = ({ instance }: RestartablePlatform): string => `${instance}-w1`;

/** Executes an action on one worker. Returns its id once its program runs. */
export async function startOn(
  ctx: Context,
  platform: RestartablePlatform,
  action_ref: string,
  label: string,
): Promise<number> {
  const worker_selector = { worker: workerOf(platform) };
  const { id } = await platform.client.executions.execute({
    action_ref,
    parameters: inputOf(ctx, label),
    worker_selector,
  });
  await programsTo(ctx, label, 'start', 1);
  return id;
}

export const nameOfWorker = async ({ client }: RestartablePlatform, id: number | null) =>
  (await client.workers.list()).find((worker) => worker.id === id)?.name;

export const workerToBe = (status: string, { client }: RestartablePlatform, name: string) =>
  predicateToHold(`worker ${name} to be ${status}`, async () => {
    const worker = (await client.workers.list()).find((each) => each.name === name);
    return worker?.status === status;
  });

/** The platform has rejected the answer of a worker that came too late. */
export const lateAnswerToBeRejected = (platform: RestartablePlatform, execution: number) =>
  predicateToHold(`the late answer to ${execution} to be rejected`, () =>
    platform.linesWith('LEASE_FENCED').some((line) => line.execution === execution),
  );

/**
 * What a worker ran ended as lost, in time after the loss at `lostAt`, epoch ms, and once: also
 * after the fence; its row and its history have the reason, and it counts as ended. It is the only
 * execution. `name`: of the worker.
 */
export async function expectLost(
  ctx: Context,
  client: Client,
  lost: Awaited<ReturnType<Client['executions']['get']>>,
  { name, lostAt, reason, fence }: { name: string; lostAt: number; reason: string; fence: Condition<unknown> },
): Promise<void> {
  await stays(() => terminalStatuses(client, lost.id), ['abandoned'], fence, ctx.quietMs, ctx.deadline);
  expect(await client.executions.get(lost.id)).toMatchObject({
    status: 'abandoned',
    result: {
      error: expect.stringContaining(name) as string,
      abandoned_by: 'execution_timeout_monitor',
      original_status: 'running',
      worker: { name },
    },
    termination_reason: reason,
  });
  const [change] = await client.history.ofExecution(lost.id);
  expect(change).toMatchObject({
    changed_fields: ['status', 'finished_at', 'termination_reason'],
    new_values: { status: 'abandoned', termination_reason: reason },
  });
  const counts = { total_terminal: 1, completed_count: 0, failed_count: 0, timeout_count: 0 };
  expect(await client.analytics.failureRate()).toMatchObject(counts);
  const noticedMs = parseInstant(lost.finished_at!) - lostAt;
  expect(noticedMs).toBeGreaterThan(0);
  ctx.expectAtMost(LOSS_DETECTION_MS / 1_000, noticedMs / 1_000);
}

/** The one child of each task, and its status; the worker of one of them. */
export const childrenOf = async (platform: RestartablePlatform, id: number, name: string) => {
  const children = await platform.client.executions.children(id);
  const { worker } = await platform.client.executions.get(onlyChildOfTask(name, children).id);
  return { statuses: statusByTask(children), worker: await nameOfWorker(platform, worker) };
};

/** Freezes the worker of the first platform, which runs this execution, and kills its programs. */
export function freezeAndKill(first: RestartablePlatform, execution: number): { continue(): void } {
  const worker = first.workerPidOf(execution);
  signalProcess(worker, 'SIGSTOP');
  for (const pid of first.processesOf(execution)) signalProcess(pid, 'SIGKILL');
  return { continue: () => signalProcess(worker, 'SIGCONT') };
}
