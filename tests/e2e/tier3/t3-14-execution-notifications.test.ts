// Spec: a subscriber receives each status of an execution once, in order, and only what it may.
import { writeFileSync } from 'node:fs';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectPrompt } from '../support/delivery-delay';
import { statusHistory } from '../support/status-history';
import { until } from '../../../helpers/scenario/polling';
import {
  shortestLimitSeconds,
  timeoutMarker,
  timeoutStatus,
} from '../../../helpers/scenario/resources/execution-limits';
import {
  expectTokenRequired,
  isAbout,
  isContiguousHistory,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['notify.executions', 'ledger.shared'];

const statusesOf = (history: readonly Notification[]) => history.map(({ payload }) => payload.status);

/** The statuses of an execution as its history has them, in order. */
const storedStatuses = async (ctx: Context, id: number) => {
  const changes = await ctx.client.history.ofExecution(id);
  return changes.flatMap(({ new_values }) => new_values?.status ?? []).reverse();
};

claim('T3.14a', NEEDS, 'a successful run streams each of its statuses once and in order', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await ctx.pack('e2e');
  const { rule, post } = await ctx.webhookRule({ action: 'append-ledger', actionParams: ctx.ledgerInput('run') });

  await post({});
  const [run] = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const { id, action_ref, updated } = run!;
  const history = await statusHistory(ctx, socket, id, 'completed');

  expect(isContiguousHistory(history)).toBe(true);
  expect(statusesOf(history)).toContain('running');
  if (ctx.canProve('executions.history')) expect(await storedStatuses(ctx, id)).toEqual(statusesOf(history));
  const { payload } = history.at(-1)!;
  expect(payload).toMatchObject({ id, action_ref, rule_ref: rule.ref, updated: expect.any(String) as string });
  expect(parseInstant(payload.updated as string)).toBe(parseInstant(updated));
  expectPrompt(ctx, socket, history);
});

claim('T3.14b', NEEDS, 'a failed run streams its failure once and nothing after it', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await ctx.pack('e2e');
  const action_ref = ctx.action('exit-with');
  const parameters = { ...ctx.ledgerInput('run'), code: 3 };

  const { id } = await ctx.client.executions.execute({ action_ref, parameters });
  const history = await statusHistory(ctx, socket, id, 'failed');

  expect(isContiguousHistory(history, 'failed')).toBe(true);
  expect(statusesOf(history)).not.toContain('completed');
  expect((await ctx.client.executions.get(id)).result).toMatchObject({ exit_code: 3 });
});

/** How long a program runs if it is not stopped, ms. */
const LONG_MS = 30_000;
const LIMITS = [...NEEDS, 'workflows.task_timeout'];

claim('T3.14c', LIMITS, 'a time-out is streamed for the task, then for its workflow', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await ctx.pack('e2e');
  const { capabilities, choices } = ctx.facts;
  const limit = shortestLimitSeconds(capabilities);
  ctx.plan(limit * 1_000);

  const slow = { ...task(ctx, 'slow', 'sleep-for', { ms: LONG_MS }), timeout: limit };
  const id = await startWorkflow(ctx, [slow]);
  const ofWorkflow = await statusHistory(ctx, socket, id, 'failed');
  const child = await childOf(ctx, id, 'slow');
  const ofTask = await statusHistory(ctx, socket, child.id, timeoutStatus(choices));

  expect(isContiguousHistory(ofWorkflow, 'failed')).toBe(true);
  expect(isContiguousHistory(ofTask, timeoutStatus(choices))).toBe(true);
  expect(timeoutMarker(child, capabilities).isTimedOut).toBe(true);
  const { payload } = ofTask.at(-1)!;
  const { timed_out } = child.workflow_task!;
  expect(payload).toMatchObject({ parent: id, workflow_task: { task_name: 'slow', timed_out } });
  if (ctx.canProve('executions.timeout')) expect(timed_out).toBe(true);
  const [taskEnd, workflowEnd] = [ofTask, ofWorkflow].map((history) => socket.notifications.indexOf(history.at(-1)!));
  expect(taskEnd).toBeLessThan(workflowEnd!);
});

/** Starts an execution that runs until the file exists, and waits until it runs. */
const startHeld = async (ctx: Context, release: string): Promise<number> => {
  const script = `until [ -e '${release}' ]; do sleep 0.05; done`;
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), script);
  const { id } = await ctx.client.executions.execute({ action_ref });
  await until(executionToBe('running', ctx.client, id), ctx.deadline);
  return id;
};

claim('T3.14d', NEEDS, 'a subscriber receives what its filters name and its user may read', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop' });
  const [all, none] = [await openNotifierSocket(ctx, ['all']), await openNotifierSocket(ctx, [])];
  const removed = await openNotifierSocket(ctx, ['all']);
  await removed.unsubscribe('all');
  const hasScope = ctx.canProve('notify.scoping');
  const other = hasScope ? await openNotifierSocket(ctx, ['all'], (await createTestUser(ctx, null)).token) : null;
  await expectTokenRequired(ctx);

  const release = `${ctx.ledger.path}.release`;
  const first = await startHeld(ctx, release);
  const one = await openNotifierSocket(ctx, [`entity:execution:${first}`]);
  const { event_id: event } = await hook.post({});
  const runs = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: hook.rule.ref }), ctx.deadline);
  const second = runs[0]!.id;
  const ofSecond = await statusHistory(ctx, all, second, 'completed');
  writeFileSync(release, '');
  const ofFirst = await statusHistory(ctx, all, first, 'completed');

  expect([ofFirst, ofSecond].map((history) => isContiguousHistory(history))).toEqual([true, true]);
  await statusHistory(ctx, one, first, 'completed');
  expect(one.notifications.map(({ entity_id, payload }) => [entity_id, payload.status])).toEqual([
    [first, 'completed'],
  ]);
  const isOfRuns = (it: Notification) => [first, second].some((id) => isAbout('execution', id)(it));
  expect([none, removed].map((socket) => notificationsMatching(socket, isOfRuns))).toEqual([[], []]);
  if (other !== null) {
    const isOfExecution = ({ entity_type }: Notification) => entity_type === 'execution';
    await until(notificationsToArrive(1, 'event', other, isAbout('event', event)), ctx.deadline); // the control
    expect(notificationsMatching(other, isOfExecution)).toEqual([]);
  }
});
