// Spec: a pause stops neither limit nor cancel, and needs a workflow that runs.
import { claim } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { answerToEnd, type Approval } from '../../../helpers/scenario/resources/approvals';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import {
  childStatuses,
  gatedTask,
  INQUIRY_FIRST,
  openGate,
  pausesOf,
} from '../../../helpers/scenario/resources/paused-workflows';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { waitForRuns } from '../../../helpers/scenario/time/limits';

const NEEDS = ['executions.pause', 'executions.log', 'inquiries.ask', 'ledger.shared', 'executions.cancel'];

const ENDS = [...NEEDS, 'executions.timeout', 'executions.suspended'];
const LIMIT = 3;

claim.time('T2.22c', ENDS, 'the limit of a paused workflow goes on, and a cancel ends it', async (ctx) => {
  const { pause, cancel } = ctx.client.executions;
  const limited = await startWorkflow(ctx, [...INQUIRY_FIRST], { name: 'limited', timeout: LIMIT });
  const held = await startWorkflow(ctx, [...INQUIRY_FIRST], { name: 'held', timeout: LIMIT });
  const over = await startWorkflow(ctx, [inquiryTask({})], { name: 'over', timeout: LIMIT });
  const cancelled = await startWorkflow(ctx, [...INQUIRY_FIRST], { name: 'cancelled' });
  const { ref } = await ctx.workflow([...INQUIRY_FIRST], { name: 'inner' });
  const outer = await startWorkflow(ctx, [{ name: 'nested', action: ref }], { name: 'outer' });
  const hasStarted = async () => (await childStatuses(ctx, outer)).includes('nested running');
  await until(predicateToHold('the sub-workflow to start', hasStarted), ctx.deadline);
  const { id: nested } = await childOf(ctx, outer, 'nested');
  const inquiries = new Map<number, Approval['inquiry']>();
  for (const id of [limited, held, over, cancelled, nested]) {
    inquiries.set(id, await inquiryOfRun(ctx, id, 'gate', 0));
    await pause(id);
  }
  await waitForAll(ctx, [...inquiries.keys()], 'paused');
  for (const id of [held, over]) await answerToEnd(ctx, inquiries.get(id)!); // before the limit

  await ctx.time.expectNothingFor(LIMIT - 0.001, async () => (await ctx.client.executions.get(limited)).status);
  await cancel(cancelled);
  await cancel(outer); // the sub-workflow alone is paused
  await ctx.time.pass(0.001);
  const ends = [await waitForStatus(ctx, limited, 'failed'), await waitForStatus(ctx, cancelled, 'cancelled')];

  expect(ends.map(({ result, termination_reason }) => [result, termination_reason])).toMatchObject([
    [{ timed_out: true, timeout_level: 'workflow', timeout_seconds: LIMIT }, undefined],
    [{ error: 'Workflow cancelled' }, 'stop_requested'],
  ]);
  await waitForStatus(ctx, outer, 'cancelled');
  expect((await waitForStatus(ctx, held, 'failed')).result).toMatchObject({ timed_out: true });
  expect((await waitForStatus(ctx, over)).result).toEqual({ succeeded: true }); // its last step had ended
  for (const id of [held, over]) expect(await childStatuses(ctx, id)).toEqual(['gate completed']);
  const children = await Promise.all([limited, cancelled, nested, outer].map((id) => childStatuses(ctx, id)));
  expect(children).toEqual([...Array<string[]>(3).fill(['gate cancelled']), ['nested cancelled']]);
  const logs = [await pausesOf(ctx, limited), await pausesOf(ctx, cancelled)];
  expect(logs.map((log) => log.map(([, type]) => type))).toEqual([
    ['EXECUTION_PAUSED', 'EXECUTION_RESUMED'],
    ['EXECUTION_PAUSED'],
  ]);
});

claim.time('T2.22e', NEEDS, 'what has not started, ends or has no steps cannot be paused', async (ctx) => {
  await ctx.pack('e2e');
  const { get, pause, resume, cancel, children } = ctx.client.executions;
  const { ref } = await ctx.workflow([...INQUIRY_FIRST], { name: 'inner' });
  const items = await startWorkflow(ctx, [{ name: 'each', action: ref, with_items: '{{ [0, 1] }}' }], {
    name: 'list',
  });
  const stopping = await startWorkflow(ctx, [gatedTask(ctx, 'run')], { name: 'stopping' });
  await waitForRuns(ctx, { run: 1 });
  await cancel(stopping);
  const [running, waiting] = await children(items);
  const { execution: action } = await inquiryOfRun(ctx, running!.id, 'gate', 0);

  const illegal = (from: string) => ({ code: 'ILLEGAL_TRANSITION', path: '/status', from, allowed: ['cancel'] });
  const refused = [
    [waiting!.id, illegal('requested')],
    [stopping, illegal('canceling')],
    [action, { code: 'EXECUTION_HAS_NO_STEPS', path: '/action_ref' }],
  ] as const;
  for (const [id, { code, ...details }] of refused) {
    const before = await get(id);
    for (const verb of [pause, resume])
      await expect(verb(id)).rejects.toMatchObject({ status: 409, code, body: { details } });
    expect(await get(id)).toEqual(before);
  }
  openGate(ctx);
  await waitForStatus(ctx, stopping, 'cancelled');
  const ended = {
    status: 409,
    code: 'ILLEGAL_TRANSITION',
    body: { details: { from: 'cancelled', verb: 'resume', allowed: [] } },
  };
  await expect(resume(stopping)).rejects.toMatchObject(ended);
});
