// Spec: a subscriber receives each status of an execution once, in order, and only what it may.
import { writeFileSync } from 'node:fs';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectPrompt } from '../support/delivery-delay';
import { statusHistory } from '../support/status-history';
import { until } from '../../../helpers/scenario/polling';
import { timeoutMarker, timeoutStatus } from '../../../helpers/scenario/resources/execution-limits';
import {
  expectTokenAccepted,
  expectTokenRequired,
  isAbout,
  isContiguousHistory,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { runActionTo } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import type { WebhookRule } from '../../../helpers/scenario/resources/webhook-rule';
import { childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { sleepTask } from '../../../helpers/scenario/time/limited-tasks';
import { LIMIT_SECONDS, waitForRuns } from '../../../helpers/scenario/time/limits';

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
  const parameters = { ...ctx.ledgerInput('run'), code: 3 };

  const { id, result } = await runActionTo('failed', ctx, ctx.action('exit-with'), { parameters });
  const history = await statusHistory(ctx, socket, id, 'failed');

  expect(isContiguousHistory(history, 'failed')).toBe(true);
  expect(statusesOf(history)).not.toContain('completed');
  expect(result).toMatchObject({ exit_code: 3 });
});

const LIMITS = [...NEEDS, 'workflows.task_timeout'];

/**
 * Starts a workflow whose one task `slow` has a limit, and receives their histories to the end.
 */
async function timedOutHistories(ctx: TimeContext, socket: NotifierSocket) {
  const id = await startWorkflow(ctx, [sleepTask(ctx, 'slow', LIMIT_SECONDS)]);
  await waitForRuns(ctx, { slow: 1 });
  await ctx.time.pass(LIMIT_SECONDS, { settle: false });
  const ofWorkflow = await statusHistory(ctx, socket, id, 'failed');
  const child = await childOf(ctx, id, 'slow');
  const ofTask = await statusHistory(ctx, socket, child.id, timeoutStatus(ctx.facts.choices));
  return { id, child, ofTask, ofWorkflow };
}

/** What a task shows of its attempt and of its time. Instants are epoch ms. */
function measuredOf(task: unknown) {
  const { retry_count, max_retries, timeout_seconds, duration_ms, started_at, completed_at } = task as NonNullable<
    Awaited<ReturnType<typeof childOf>>['workflow_task']
  >;
  const [started, completed] = [started_at, completed_at].map((at) => (at == null ? at : parseInstant(at)));
  return { retry_count, max_retries, timeout_seconds, duration_ms, started, completed };
}

claim.time('T3.14c', LIMITS, 'a time-out is streamed for the task, then for its workflow', async (ctx) => {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  await ctx.pack('e2e');

  const { id, child, ofTask, ofWorkflow } = await timedOutHistories(ctx, socket);

  expect(isContiguousHistory(ofWorkflow, 'failed')).toBe(true);
  expect(isContiguousHistory(ofTask, timeoutStatus(ctx.facts.choices))).toBe(true);
  expect(timeoutMarker(child, ctx.facts.capabilities).isTimedOut).toBe(true);
  const { timed_out } = child.workflow_task!;
  const { payload } = ofTask.at(-1)!;
  expect(payload).toMatchObject({ parent: id, workflow_task: { task_name: 'slow', timed_out } });
  expect(measuredOf(payload.workflow_task)).toEqual(measuredOf(child.workflow_task));
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

/** Posts an event whose rule starts an execution, and waits for its end. Returns both. */
const runByEvent = async (ctx: Context, { rule, post }: WebhookRule) => {
  const { event_id: event } = await post({});
  const [run] = await until(executionsToBe('completed', 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  return { event, execution: run!.id };
};

claim('T3.14d', NEEDS, 'a subscriber receives what its filters name', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop' });
  const [all, none] = [await openNotifierSocket(ctx, ['all']), await openNotifierSocket(ctx, [])];
  const removed = await openNotifierSocket(ctx, ['all']);
  await removed.unsubscribe('all');
  await expectTokenRequired(ctx);
  await expectTokenAccepted(ctx);
  const release = `${ctx.ledger.path}.release`;
  const first = await startHeld(ctx, release);
  const one = await openNotifierSocket(ctx, [`entity:execution:${first}`]);

  const { execution: second } = await runByEvent(ctx, hook);
  const ofSecond = await statusHistory(ctx, all, second, 'completed');
  writeFileSync(release, '');
  const ofFirst = await statusHistory(ctx, all, first, 'completed');
  await statusHistory(ctx, one, first, 'completed');

  expect([ofFirst, ofSecond].map((history) => isContiguousHistory(history))).toEqual([true, true]);
  expect(one.notifications.map(({ entity_id, payload }) => [entity_id, payload.status])).toEqual([
    [first, 'completed'],
  ]);
  const isOfRuns = (it: Notification) => [first, second].some((id) => isAbout('execution', id)(it));
  expect([none, removed].map((socket) => notificationsMatching(socket, isOfRuns))).toEqual([[], []]);
});

claim('T3.14e', [...NEEDS, 'notify.scoping'], 'a user receives no execution that it may not read', async (ctx) => {
  const hook = await ctx.webhookRule({ action: 'core.noop' });
  const { token } = await createTestUser(ctx, null);
  const [all, other] = [await openNotifierSocket(ctx, ['all']), await openNotifierSocket(ctx, ['all'], token)];

  const { event, execution } = await runByEvent(ctx, hook);

  expect(isContiguousHistory(await statusHistory(ctx, all, execution, 'completed'))).toBe(true);
  await until(notificationsToArrive(1, 'event', other, isAbout('event', event)), ctx.deadline); // the control
  expect(notificationsMatching(other, ({ entity_type }) => entity_type === 'execution')).toEqual([]);
});
