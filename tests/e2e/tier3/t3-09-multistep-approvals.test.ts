// Spec: the gates of one workflow open, end and pass on their responses independently.
import { parseInstant, secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import {
  inquiryToBe,
  isTimedOutByInquiry,
  taskToCreateInquiry,
} from '../../../helpers/scenario/conditions/inquiry-conditions';
import { stays, until, type Condition } from '../../../helpers/scenario/polling';
import { statusByTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { passLifetime } from '../../../helpers/scenario/resources/expiring-inquiries';
import { inquiryTask, onApproval, onDenial } from '../../../helpers/scenario/resources/inquiry-task';
import { expectRunsAtEnd, paramsOf, runCounts, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import {
  onTimeout,
  task,
  type Parameters,
  type Task,
  type Transition,
} from '../../../helpers/scenario/resources/workflow-task';
import { expectRunsInTime } from '../../../helpers/scenario/time/runs-in-time';

const NEEDS = ['inquiries.ask', 'executions.intervals', 'ledger.shared'];

/** A task of this name that asks for approval. */
const gate = (name: string, next: Transition[], timeout?: number): Task => ({
  ...inquiryTask({ prompt: `Does the ${name} approve?` }, { next, ...(timeout !== undefined && { timeout }) }),
  name,
});

const comment = (name: string) => `{{ task.${name}.response.comment }}`;

const inquiryOf = (ctx: Context, id: number, name: string) =>
  until(taskToCreateInquiry(name, ctx.client, id), ctx.deadline);

/** Answers the inquiry of this gate. */
const answer = async (ctx: Context, id: number, name: string, response: Parameters) =>
  ctx.client.inquiries.respond((await inquiryOf(ctx, id, name)).id, response);

/** Every inquiry of a workflow, oldest first: its task and its status. */
const inquiriesOf = async (ctx: Context, id: number): Promise<string[][]> => {
  const children = await ctx.client.executions.children(id);
  const lists = children.map(async (child) =>
    (await ctx.client.inquiries.ofExecution(child.id)).map(({ status }) => [taskName(child), status]),
  );
  return (await Promise.all(lists)).flat();
};

/**
 * The workflow has these inquiries, and no process of these tasks starts, also after the fence.
 */
const expectNothingBehind = async (
  ctx: Context,
  id: number,
  { inquiries, tasks }: { inquiries: readonly (readonly [gate: string, status: string])[]; tasks: readonly string[] },
  fence: Condition<unknown>,
) => {
  const expected = { inquiries, runs: Object.fromEntries(tasks.map((name) => [name, 0])) };
  const read = async () => ({ inquiries: await inquiriesOf(ctx, id), runs: runCounts(ctx, ...tasks) });
  await stays<unknown>(read, expected, fence, ctx.quietMs, ctx.deadline);
};

const NAMES = ['manager', 'director', 'vp'];

/**
 * Starts a workflow of the three gates, one after another, then `deploy`; a denial starts
 * `stop`.
 */
const startThreeGates = (ctx: Context): Promise<number> =>
  startWorkflow(ctx, [
    ...NAMES.map((name, n) => gate(name, [onApproval(NAMES[n + 1] ?? 'deploy'), onDenial('stop')])),
    task(ctx, 'deploy', 'echo-params', Object.fromEntries(NAMES.map((name) => [name, comment(name)]))),
    task(ctx, 'stop', 'append-ledger'),
  ]);

/** The workflow waits at gate `n` alone, which opened at `since` or later, epoch ms. */
const expectWaitingAt = async (ctx: Context, id: number, n: number, since: number) => {
  const inquiry = await inquiryOf(ctx, id, NAMES[n]!);
  const inquiries = NAMES.slice(0, n + 1).map((name, k) => [name, k < n ? 'responded' : 'pending'] as const);
  const pending = inquiryToBe('pending', ctx.client, inquiry.id);
  await expectNothingBehind(ctx, id, { inquiries, tasks: ['deploy', 'stop'] }, pending);
  expect(inquiry.prompt).toBe(`Does the ${NAMES[n]} approve?`);
  expect(parseInstant(inquiry.created)).toBeGreaterThanOrEqual(since);
};

claim('T3.9a', NEEDS, 'three gates open one after another, each after the approval before', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startThreeGates(ctx);
  const comments = Object.fromEntries(NAMES.map((name) => [name, `${ctx.nonce}-${name}`]));

  let respondedAt = 0;
  for (const [n, name] of NAMES.entries()) {
    await expectWaitingAt(ctx, id, n, respondedAt);
    const { responded_at } = await answer(ctx, id, name, { approved: true, comment: comments[name]! });
    respondedAt = parseInstant(responded_at!);
  }
  await expectRunsAtEnd(ctx, id, 'completed', { deploy: 1, stop: 0 });

  expect(await inquiriesOf(ctx, id)).toEqual(NAMES.map((name) => [name, 'responded']));
  const completed = [...NAMES, 'deploy'].map((name) => [name, 'completed']);
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual(Object.fromEntries(completed));
  expect(await paramsOf(ctx, id, 'deploy')).toEqual({ ...ctx.ledgerInput('deploy'), ...comments });
});

/** Runs the workflow to its end with this answer. */
const runAnswered = async (ctx: Context, action_ref: string, approved: boolean, runs: Record<string, number>) => {
  const { id } = await ctx.client.executions.execute({ action_ref });
  await answer(ctx, id, 'owner', { approved, comment: `${ctx.nonce}-${approved}` });
  await expectRunsAtEnd(ctx, id, 'completed', runs);
  return { id, statuses: statusByTask(await ctx.client.executions.children(id)) };
};

claim('T3.9b', NEEDS, 'each response starts its own path only, with its data', async (ctx) => {
  await ctx.pack('e2e');
  const path = (name: string) => task(ctx, name, 'echo-params', { comment: comment('owner') });
  const owner = gate('owner', [onApproval('approved'), onDenial('denied')]);
  const { ref } = await ctx.workflow([owner, path('approved'), path('denied')]);

  const first = await runAnswered(ctx, ref, true, { approved: 1, denied: 0 });
  const second = await runAnswered(ctx, ref, false, { approved: 1, denied: 1 });

  expect(first.statuses).toEqual({ owner: 'completed', approved: 'completed' });
  expect(second.statuses).toEqual({ owner: 'completed', denied: 'completed' });
  const received = [await paramsOf(ctx, first.id, 'approved'), await paramsOf(ctx, second.id, 'denied')];
  expect(received).toEqual([
    { ...ctx.ledgerInput('approved'), comment: `${ctx.nonce}-true` },
    { ...ctx.ledgerInput('denied'), comment: `${ctx.nonce}-false` },
  ]);
});

/** Of the inquiry of the first gate, seconds. */
const LIFETIME = 2;

const ESCALATION = [...NEEDS, 'inquiries.expiry', 'workflows.failure_branches'];

/**
 * Starts a workflow whose first gate expires; the second one starts `done`, and nothing
 * `early`.
 */
const startEscalation = (ctx: Context): Promise<number> =>
  startWorkflow(ctx, [
    gate('first', [onApproval('early'), onTimeout('second')], LIFETIME),
    gate('second', [onApproval('done')]),
    task(ctx, 'early', 'append-ledger'),
    task(ctx, 'done', 'echo-params', { comment: comment('second') }),
  ]);

claim.time('T3.9c', ESCALATION, 'a gate that expires is escalated once to a second gate', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startEscalation(ctx);

  const [expired] = await passLifetime(ctx, LIFETIME, await inquiryOf(ctx, id, 'first'));
  const escalated = await inquiryOf(ctx, id, 'second');
  const rejection = { status: ctx.facts.choices.secondAnswerStatus };
  await expect(ctx.client.inquiries.respond(expired!.id, { approved: true })).rejects.toMatchObject(rejection);
  await ctx.time.pass(LIFETIME);
  expect(await inquiriesOf(ctx, id)).toEqual([
    ['first', 'timeout'],
    ['second', 'pending'],
  ]);
  expect(runCounts(ctx, 'early', 'done')).toEqual({ early: 0, done: 0 });
  await answer(ctx, id, 'second', { approved: true, comment: ctx.nonce });
  await expectRunsInTime(ctx, id, 'completed', { early: 0, done: 1 });

  expect(expired!.response).toBeNull();
  expect(await ctx.client.inquiries.get(expired!.id)).toEqual(expired);
  expect(isTimedOutByInquiry(await ctx.client.executions.get(expired!.execution))).toBe(true);
  expect(secondsBetween(expired!.updated, escalated.created)).toBeGreaterThanOrEqual(0);
  const statuses = statusByTask(await ctx.client.executions.children(id));
  expect(statuses).toEqual({ first: 'timeout', second: 'completed', done: 'completed' });
  expect(await paramsOf(ctx, id, 'done')).toEqual({ ...ctx.ledgerInput('done'), comment: ctx.nonce });
});

claim('T3.9d', NEEDS, 'a denial without a branch ends the workflow before its later gates', async (ctx) => {
  await ctx.pack('e2e');
  const gates = [gate('first', [onApproval('second')]), gate('second', [onApproval('final')])];
  const { ref } = await ctx.workflow([...gates, task(ctx, 'final', 'append-ledger')]);
  const start = async () => (await ctx.client.executions.execute({ action_ref: ref })).id;

  const denied = await start();
  await answer(ctx, denied, 'first', { approved: false });
  const ended = executionToBe('completed', ctx.client, denied);
  await expectNothingBehind(ctx, denied, { inquiries: [['first', 'responded']], tasks: ['final'] }, ended);
  const control = await start();
  for (const name of ['first', 'second']) await answer(ctx, control, name, { approved: true });
  await expectRunsAtEnd(ctx, control, 'completed', { final: 1 });

  expect((await ctx.client.executions.get(denied)).result).toMatchObject({ succeeded: true });
  expect(statusByTask(await ctx.client.executions.children(denied))).toEqual({ first: 'completed' });
  expect(await inquiriesOf(ctx, control)).toEqual([
    ['first', 'responded'],
    ['second', 'responded'],
  ]);
});
