// Spec: a program that must not run twice is not started again when its worker is lost.
import { claim } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { startFirst, startOn, workerOf } from '../support/commands/lost-worker';
import { createLedgerActions, entriesOf, openGate, programsTo } from '../support/ledger-actions';

const NEEDS = ['process', 'sql', 'host.processes', 'workers.pin', 'executions.recovery'];

claim.concurrent('T3.12g', NEEDS, 'what must not be repeated is abandoned with its worker', async (ctx) => {
  const platform = await startFirst(ctx, 'auto');
  const { client } = platform;
  const pack = await createLedgerActions(ctx, client);
  await client.actions.update(`${pack}.ignore`, { on_worker_loss: 'abandon' });
  const once = await startOn(ctx, platform, `${pack}.ignore`, 'once');
  const again = await startOn(ctx, platform, `${pack}.hold`, 'again');
  const { worker } = await client.executions.get(once);

  platform.killWorkerOf(once);
  const lost = await until(executionToBe('abandoned', client, once), ctx.deadline);
  await programsTo(ctx, 'again', 'start', 2);
  openGate(ctx, 'again');
  await until(executionToBe('completed', client, again), ctx.deadline);

  expect(lost).toMatchObject({ worker, termination_reason: 'crashed' });
  expect(lost.result).toMatchObject({
    error: `Worker ${workerOf(platform)} was lost, and the action has on_worker_loss: abandon`,
    abandoned_by: 'execution_timeout_monitor',
    original_status: 'running',
    recoveries: 0,
  });
  expect(entriesOf(ctx, 'once', 'start').map(({ execution }) => execution)).toEqual([once]);
  const log = await client.executions.log(once);
  expect(log.filter(({ type }) => type === 'EXECUTION_RECOVERED')).toEqual([]);
});
