// Spec: the gates of one workflow open, end and pass on their responses independently.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import {
  inquiryToBe,
  isTimedOutByInquiry,
  taskToCreateInquiry,
} from '../../../helpers/scenario/conditions/inquiry-conditions';
import { parseInstant } from '../../../helpers/instant';
import { stays, until } from '../../../helpers/scenario/polling';
import { statusByTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { inquiryTask, onApproval, onDenial } from '../../../helpers/scenario/resources/inquiry-task';
import {
  expectRunsAtEnd,
  paramsOf,
  runCounts,
  runsOf,
  startWorkflow,
} from '../../../helpers/scenario/resources/workflow-runs';
import { onTimeout, task, type Task, type Transition } from '../../../helpers/scenario/resources/workflow-task';
import { expectOnTime, lifetimeSeconds } from '../../../helpers/scenario/time/inquiry-lifetime';

const NEEDS = ['inquiries.ask', 'executions.intervals', 'ledger.shared'];

/** A task of this name that asks for approval. */
const gate = (name: string, next: Transition[], timeout?: number): Task => ({
  ...inquiryTask({ prompt: `Does the ${name} approve?` }, { next, ...(timeout !== undefined && { timeout }) }),
  name,
});

const comment = (name: string) => `{{ task.${name}.response.comment }}`;

const inquiryOf = (ctx: Context, id: number, name: string) =>
  until(taskToCreateInquiry(name, ctx.client, id), ctx.deadline);

/** Every inquiry of a workflow, oldest first: its task and its status. */
const inquiriesOf = async (ctx: Context, id: number): Promise<string[][]> => {
  const children = await ctx.client.executions.children(id);
  const lists = children.map(async (child) =>
    (await ctx.client.inquiries.ofExecution(child.id)).map(({ status }) => [taskName(child), status]),
  );
  return (await Promise.all(lists)).flat();
};

/**
 * The workflow waits at this gate alone: no other inquiry comes, and no process of these tasks
 * starts.
 */
const expectWaiting = async (
  ctx: Context,
  id: number,
  { responded = [], pending }: { responded?: readonly string[]; pending: string },
  tasks: readonly string[],
) => {
  const inquiry = await inquiryOf(ctx, id, pending);
  const inquiries = [...responded.map((name) => [name, 'responded']), [pending, 'pending']];
  const expected = { inquiries, runs: Object.fromEntries(tasks.map((name) => [name, 0])) };
  const read = async () => ({ inquiries: await inquiriesOf(ctx, id), runs: runCounts(ctx, ...tasks) });
  await stays(read, expected, inquiryToBe('pending', ctx.client, inquiry.id), ctx.quietMs, ctx.deadline);
  return inquiry;
};

claim('T3.9a', NEEDS, 'three gates open one after another, each after the approval before', async (ctx) => {
  await ctx.pack('e2e');
  const names = ['manager', 'director', 'vp'];
  const id = await startWorkflow(ctx, [
    ...names.map((name, n) => gate(name, [onApproval(names[n + 1] ?? 'deploy'), onDenial('stop')])),
    task(ctx, 'deploy', 'echo-params', Object.fromEntries(names.map((name) => [name, comment(name)]))),
    task(ctx, 'stop', 'append-ledger'),
  ]);
  let answeredAt = 0;

  for (const [n, name] of names.entries()) {
    const waiting = { responded: names.slice(0, n), pending: name };
    const inquiry = await expectWaiting(ctx, id, waiting, ['deploy', 'stop']);
    expect(inquiry.prompt).toBe(`Does the ${name} approve?`);
    expect(parseInstant(inquiry.created)).toBeGreaterThanOrEqual(answeredAt);
    const response = { approved: true, comment: `${ctx.nonce}-${name}` };
    answeredAt = parseInstant((await ctx.client.inquiries.respond(inquiry.id, response)).responded_at!);
  }
  await expectRunsAtEnd(ctx, id, 'completed', { deploy: 1, stop: 0 });

  expect(await inquiriesOf(ctx, id)).toEqual(names.map((name) => [name, 'responded']));
  const completed = [...names, 'deploy'].map((name) => [name, 'completed']);
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual(Object.fromEntries(completed));
  const comments = Object.fromEntries(names.map((name) => [name, `${ctx.nonce}-${name}`]));
  expect(await paramsOf(ctx, id, 'deploy')).toEqual({ ...ctx.ledgerInput('deploy'), ...comments });
});

claim('T3.9b', NEEDS, 'each response starts its own path only, with its data', async (ctx) => {
  await ctx.pack('e2e');
  const path = (name: string) => task(ctx, name, 'echo-params', { comment: comment('owner') });
  const gateTask = gate('owner', [onApproval('approved'), onDenial('denied')]);
  const { ref } = await ctx.workflow([gateTask, path('approved'), path('denied')]);
  const answer = async (approved: boolean, runs: Record<string, number>) => {
    const { id } = await ctx.client.executions.execute({ action_ref: ref });
    const response = { approved, comment: `${ctx.nonce}-${approved}` };
    await ctx.client.inquiries.respond((await inquiryOf(ctx, id, 'owner')).id, response);
    await expectRunsAtEnd(ctx, id, 'completed', runs);
    return { id, started: statusByTask(await ctx.client.executions.children(id)) };
  };

  const first = await answer(true, { approved: 1, denied: 0 });
  const second = await answer(false, { approved: 1, denied: 1 });

  expect(first.started).toEqual({ owner: 'completed', approved: 'completed' });
  expect(second.started).toEqual({ owner: 'completed', denied: 'completed' });
  const received = [await paramsOf(ctx, first.id, 'approved'), await paramsOf(ctx, second.id, 'denied')];
  expect(received).toEqual([
    { ...ctx.ledgerInput('approved'), comment: `${ctx.nonce}-true` },
    { ...ctx.ledgerInput('denied'), comment: `${ctx.nonce}-false` },
  ]);
});

const ESCALATION = [...NEEDS, 'inquiries.expiry', 'workflows.failure_branches'];

claim('T3.9c', ESCALATION, 'a gate that expires is escalated once to a second gate', async (ctx) => {
  await ctx.pack('e2e');
  const timeout = lifetimeSeconds(ctx);
  const id = await startWorkflow(ctx, [
    gate('first', [onApproval('early'), onTimeout('second')], timeout),
    gate('second', [onApproval('done')]),
    task(ctx, 'early', 'append-ledger'),
    task(ctx, 'done', 'echo-params', { comment: comment('second') }),
  ]);

  const opened = await inquiryOf(ctx, id, 'first');
  const expired = await until(inquiryToBe('timeout', ctx.client, opened.id), ctx.deadline);
  const escalated = await inquiryOf(ctx, id, 'second');
  const status = ctx.facts.choices.secondAnswerStatus;
  await expect(ctx.client.inquiries.respond(opened.id, { approved: true })).rejects.toMatchObject({ status });
  const inquiries = [
    ['first', 'timeout'],
    ['second', 'pending'],
  ];
  const fence = inquiryToBe('pending', ctx.client, escalated.id);
  const read = async () => ({ inquiries: await inquiriesOf(ctx, id), runs: runCounts(ctx, 'early', 'done') });
  await stays(read, { inquiries, runs: { early: 0, done: 0 } }, fence, ctx.quietMs, ctx.deadline);
  await ctx.client.inquiries.respond(escalated.id, { approved: true, comment: ctx.nonce });
  await expectRunsAtEnd(ctx, id, 'completed', { early: 0, done: 1 });

  expectOnTime(ctx, expired, timeout);
  expect(expired.response).toBeNull();
  expect(await ctx.client.inquiries.get(opened.id)).toEqual(expired);
  expect(parseInstant(escalated.created)).toBeGreaterThanOrEqual(parseInstant(expired.updated));
  expect(isTimedOutByInquiry(await ctx.client.executions.get(opened.execution))).toBe(true);
  const statuses = statusByTask(await ctx.client.executions.children(id));
  expect(statuses).toEqual({ first: 'timeout', second: 'completed', done: 'completed' });
  expect(await paramsOf(ctx, id, 'done')).toEqual({ ...ctx.ledgerInput('done'), comment: ctx.nonce });
});

claim('T3.9d', NEEDS, 'a denial without a branch ends the workflow before its later gates', async (ctx) => {
  await ctx.pack('e2e');
  const { ref } = await ctx.workflow([
    gate('first', [onApproval('second')]),
    gate('second', [onApproval('final')]),
    task(ctx, 'final', 'append-ledger'),
  ]);
  const start = async () => (await ctx.client.executions.execute({ action_ref: ref })).id;
  const answer = async (id: number, name: string, approved: boolean) =>
    ctx.client.inquiries.respond((await inquiryOf(ctx, id, name)).id, { approved });

  const denied = await start();
  await answer(denied, 'first', false);
  const read = async () => ({ inquiries: await inquiriesOf(ctx, denied), final: runsOf(ctx, 'final') });
  const ended = executionToBe('completed', ctx.client, denied);
  await stays(read, { inquiries: [['first', 'responded']], final: 0 }, ended, ctx.quietMs, ctx.deadline);
  const control = await start();
  for (const name of ['first', 'second']) await answer(control, name, true);
  await expectRunsAtEnd(ctx, control, 'completed', { final: 1 });

  expect((await ctx.client.executions.get(denied)).result).toMatchObject({ succeeded: true });
  expect(statusByTask(await ctx.client.executions.children(denied))).toEqual({ first: 'completed' });
  expect(await inquiriesOf(ctx, control)).toEqual([
    ['first', 'responded'],
    ['second', 'responded'],
  ]);
});
