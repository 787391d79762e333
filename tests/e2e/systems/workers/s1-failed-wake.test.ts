// Spec: a wake that fails loses nothing: its queue runs later, or fails with the cause.
import { BreakableProgram } from '../../support/breakable-program';
import { RestartablePlatform } from '../../support/commands/restartable-platform';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { uploadArmPack } from '../../support/workers/arm-pack';
import { stateChanges, statesToBe } from '../../support/workers/external-agent';
import { startManagedWorker } from '../../support/workers/managed-worker';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workers.managed', 'host.processes', 'lifecycle');

const LIMIT_SECONDS = 60;
const CREATED = ['provisioning', 'online'];
const FAILED = [...CREATED, 'hibernated', 'provisioning', 'failed'];
const PROBLEM = 'RUNTIME_BINARY_MISSING: ruby: its process did not find a program that works';

/** A worker whose interpreter broke before its wake, and the execution in its queue. */
async function failToWake(ctx: Context, settings: Record<string, string> = {}) {
  const ruby = new BreakableProgram('ruby', 'printf 3.3.0');
  ctx.defer(() => ruby.remove());
  const PATH = `${ruby.directory}:${process.env.PATH}`;
  const { client } = await RestartablePlatform.start(ctx, { PATH, ...settings });
  const onPlatform = { ...ctx, client };
  const action_ref = `${await uploadArmPack(onPlatform)}.ruby`;
  const worker = await startManagedWorker(onPlatform, { runtime: 'ruby' });
  await client.tenantWorkers.hibernate(worker);
  ruby.break();

  const { execution_id: execution, wake } = await client.tenantWorkers.dispatch(worker, { action_ref });
  expect(wake).toBe(true);
  await until(statesToBe(FAILED, client, worker), ctx.deadline);
  return { client, ruby, worker, execution };
}

test('S1-33 the queue of a worker that did not wake runs after its repair', LIMIT_SECONDS, async (ctx) => {
  const { client, ruby, worker, execution } = await failToWake(ctx);
  const failed = await client.workers.get(worker);
  const waiting = await client.executions.get(execution);

  ruby.repair();
  await client.tenantWorkers.wake(worker);
  const ended = await until(executionToBe('completed', client, execution), ctx.deadline);

  expect([failed.state_cause, failed.state_detail]).toEqual(['WAKE_FAILED', PROBLEM]);
  expect([waiting.status, waiting.finished_at, ended.worker]).toEqual(['scheduled', null, worker]);
  await until(statesToBe([...FAILED, ...CREATED], client, worker), ctx.deadline);
  expect((await stateChanges(client, worker)).slice(3)).toEqual([
    { from: 'hibernated', to: 'provisioning', cause: 'dispatch' },
    { from: 'provisioning', to: 'failed', cause: 'WAKE_FAILED', detail: PROBLEM },
    { from: 'failed', to: 'provisioning', cause: 'wake' },
    { from: 'provisioning', to: 'online', cause: 'heartbeat' },
  ]);
});

test('S1-33 what waits for a failed worker fails at its limit, with the cause', LIMIT_SECONDS, async (ctx) => {
  const { client, execution, worker } = await failToWake(ctx, { PLATFORM_PICK_UP_SECONDS: '2' });

  const { result, worker: named } = await until(executionToBe('failed', client, execution), ctx.deadline);

  expect(named).toBe(worker);
  expect(result).toEqual({
    error: `Execution was not picked up by worker ${worker} within 2 seconds`,
    failed_by: 'execution_timeout_monitor',
    original_status: 'scheduled',
    timeout_seconds: 2,
    age_seconds: expect.any(Number) as number,
    code: 'WAKE_FAILED',
    detail: PROBLEM,
  });
  expect((result as { age_seconds: number }).age_seconds).toBeGreaterThanOrEqual(2);
});
