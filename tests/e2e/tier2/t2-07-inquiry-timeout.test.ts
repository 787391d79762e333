// Spec: an unanswered inquiry expires once, on time, with its default response or a timeout.
import {
  inquiryTask,
  inquiryTimeoutSeconds,
  onApproval,
  onDenial,
} from '../../../helpers/scenario/resources/inquiry-task';
import { checkDelay } from '../../../helpers/scenario/upper-bound';
import { expectOnTime, lifetimeSeconds, sweepDelayMs } from '../../../helpers/scenario/time/inquiry-lifetime';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import {
  inquiryToBe,
  isTimedOutByInquiry,
  taskToCreateInquiry,
} from '../../../helpers/scenario/conditions/inquiry-conditions';
import { parseInstant } from '../../../helpers/instant';
import { sortedAscending, workflowInterval } from '../../../helpers/scenario/intervals';
import { statusByTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  onFailure,
  onSuccess,
  onTimeout,
  parallelTask,
  task,
  type Task,
} from '../../../helpers/scenario/resources/workflow-task';
import {
  attemptsOf,
  expectRunsAtEnd,
  paramsOf,
  runsOf,
  startWorkflow,
} from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['inquiries.ask', 'inquiries.expiry', 'executions.intervals', 'ledger.shared'];
const DEFAULTS = [...NEEDS, 'inquiries.default_response'];
const BRANCHES = [...NEEDS, 'workflows.failure_branches'];

const startFlow = async (ctx: Context, ref: string) => {
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  return { id, inquiry: await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline) };
};

/**
 * Opens the packs of a claim, and runs a trivial action: lifetimes are chosen by the slowest
 * response so far.
 */
const openPacks = async (ctx: Context): Promise<void> => {
  await Promise.all([ctx.pack('e2e'), ctx.ownPack()]);
  const { id } = await ctx.client.executions.execute({
    action_ref: ctx.action('append-ledger'),
    parameters: ctx.ledgerInput('trivial'),
  });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
};

/**
 * Starts a workflow whose gate has this timeout (seconds), and waits for the inquiry of the gate.
 */
const startWithInquiry = async (ctx: Context, timeout: number, gateTask: Task, others: Task[]) => {
  const { ref } = await ctx.workflow([{ ...gateTask, timeout }, ...others]);
  return { ...(await startFlow(ctx, ref)), timeout };
};

const waitForExpiry = (ctx: Context, { id }: { id: number }) =>
  until(inquiryToBe('timeout', ctx.client, id), ctx.deadline);

claim.concurrent('T2.7a', DEFAULTS, 'expiry applies the default and the workflow continues with it', async (ctx) => {
  await openPacks(ctx);
  const fallback = { approved: false, reason: ctx.nonce };
  const gateTask = inquiryTask({ default_response: fallback }, { next: [onApproval('yes'), onDenial('no')] });
  const { id, inquiry, timeout } = await startWithInquiry(ctx, lifetimeSeconds(ctx), gateTask, [
    task(ctx, 'yes', 'append-ledger'),
    task(ctx, 'no', 'echo-params', { reason: '{{ result().response.reason }}' }),
  ]);

  expect(inquiry).toMatchObject({ status: 'pending', response: null });
  const ended = await waitForExpiry(ctx, inquiry);
  await expectRunsAtEnd(ctx, id, 'completed', { yes: 0, no: 1 });

  expectOnTime(ctx, ended, timeout);
  expect(ended).toMatchObject({ response: fallback, defaulted: true, responded_at: null });
  const { result } = await ctx.client.executions.get(inquiry.execution);
  expect(result).toMatchObject({ response: fallback, defaulted: true, __inquiry_id: inquiry.id });
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'completed', no: 'completed' });
  expect(await paramsOf(ctx, id, 'no')).toEqual({ ...ctx.ledgerInput('no'), reason: ctx.nonce });
});

claim.concurrent('T2.7b', NEEDS, 'expiry without default times out the gate and fails the workflow', async (ctx) => {
  await openPacks(ctx);
  const gateTask = inquiryTask({}, { next: [onSuccess('apply')] });
  const { id, inquiry, timeout } = await startWithInquiry(ctx, lifetimeSeconds(ctx), gateTask, [
    task(ctx, 'beside', 'append-ledger'), // control: it does not depend on the gate
    task(ctx, 'apply', 'append-ledger'),
  ]);

  const ended = await waitForExpiry(ctx, inquiry);
  await expectRunsAtEnd(ctx, id, 'failed', { beside: 1, apply: 0 });

  expectOnTime(ctx, ended, timeout);
  expect(ended.response).toBeNull();
  const gateExecution = await ctx.client.executions.get(inquiry.execution);
  expect([isTimedOutByInquiry(gateExecution), gateExecution.result]).toMatchObject([
    true,
    { error: 'inquiry timed out', __inquiry_id: inquiry.id },
  ]);
  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ gate: 'timeout', beside: 'completed' });
  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: gate' });
});

claim.concurrent('T2.7c', NEEDS, 'a response before the deadline is final', async (ctx) => {
  await openPacks(ctx);
  const gateTask = inquiryTask({}, { next: [onSuccess('apply')] });
  const { id, inquiry, timeout } = await startWithInquiry(ctx, inquiryTimeoutSeconds(3, ctx), gateTask, [
    task(ctx, 'apply', 'append-ledger'),
  ]);

  const response = await ctx.client.inquiries.respond(inquiry.id, { approved: true, nonce: ctx.nonce });
  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const pastMs = timeout * 1_000 + sweepDelayMs(ctx) + ctx.quietMs;
  const records = () => Promise.all([ctx.client.inquiries.get(inquiry.id), ctx.client.executions.get(id)]);
  await stays(records, [response, root], executionToBe('completed', ctx.client, id), pastMs, ctx.deadline);
  expect(response).toMatchObject({ status: 'responded', response: { approved: true, nonce: ctx.nonce } });
  const respondedAt = parseInstant(response.responded_at ?? '');
  const leftMs = parseInstant(inquiry.created) + timeout * 1_000 - respondedAt;
  expect(checkDelay(workflowInterval(root).finish - respondedAt, leftMs, ctx.slackMs('run'))).toBe('not waited');
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'completed', apply: 'completed' });
  expect(runsOf(ctx, 'apply')).toBe(1);
});

claim.concurrent('T2.7d', BRANCHES, 'three lifetimes expire independently and in order', async (ctx) => {
  await openPacks(ctx);
  const [first, step] = [lifetimeSeconds(ctx), inquiryTimeoutSeconds(2, ctx)];
  const timeouts = [first, first + step, first + 2 * step];
  const workflowOf = (timeout: number, n: number) => {
    const after = task(ctx, 'after', 'append-ledger', ctx.ledgerInput(`after-${n}`));
    const failure = task(ctx, 'failure', 'append-ledger');
    const gateTask = inquiryTask({}, { next: [onTimeout('after'), onFailure('failure')], timeout });
    return ctx.workflow([gateTask, after, failure], { name: `flow-${n}` });
  };
  const workflows = await Promise.all(timeouts.map(workflowOf));
  const flows = await Promise.all(workflows.map(({ ref }) => startFlow(ctx, ref)));

  await waitForExpiry(ctx, flows[0]!.inquiry);
  const rest = await Promise.all(flows.slice(1).map(({ inquiry }) => ctx.client.inquiries.get(inquiry.id)));
  const ends = await Promise.all(flows.map(({ inquiry }) => waitForExpiry(ctx, inquiry)));
  await Promise.all(flows.map(({ id }) => until(executionToBe('completed', ctx.client, id), ctx.deadline)));
  await expectRunsAtEnd(ctx, flows[2]!.id, 'completed', { failure: 0, 'after-0': 1, 'after-1': 1, 'after-2': 1 });

  expect(rest.map(({ status }) => status)).toEqual(['pending', 'pending']);
  expectOnTime(ctx, ends[0]!, timeouts[0]!);
  expectOnTime(ctx, ends[1]!, timeouts[1]!);
  expectOnTime(ctx, ends[2]!, timeouts[2]!);
  const expiries = ends.map(({ updated }) => parseInstant(updated));
  expect(expiries).toEqual(sortedAscending(expiries));
});

claim.concurrent('T2.7e', NEEDS, 'a response after expiry is rejected and changes nothing', async (ctx) => {
  await openPacks(ctx);
  const gateTask = inquiryTask({}, { next: [onSuccess('apply')] });
  const { id, inquiry } = await startWithInquiry(ctx, inquiryTimeoutSeconds(2, ctx), gateTask, [
    task(ctx, 'beside', 'append-ledger'), // control: it does not depend on the gate
    task(ctx, 'apply', 'append-ledger'),
  ]);

  const ended = await waitForExpiry(ctx, inquiry);
  const root = await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const status = ctx.facts.choices.secondAnswerStatus;
  await expect(ctx.client.inquiries.respond(inquiry.id, { approved: true })).rejects.toMatchObject({ status });

  if (ctx.canProve('inquiries.response_schema')) {
    const update = ctx.client.inquiries.update(inquiry.id, { response: { approved: true } });
    await expect(update).rejects.toMatchObject({ status });
  }

  await expectRunsAtEnd(ctx, id, 'failed', { beside: 1, apply: 0 });
  expect(await ctx.client.inquiries.get(inquiry.id)).toEqual(ended);
  expect(ended.response).toBeNull();
  expect(await ctx.client.executions.get(id)).toEqual(root);
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'timeout', beside: 'completed' });
});

claim.concurrent('T2.7f', BRANCHES, 'two equal lifetimes expire each once and on time', async (ctx) => {
  await openPacks(ctx);
  const timeout = lifetimeSeconds(ctx);
  const names = ['left', 'right'];
  const gates = names.map((name) => ({ ...inquiryTask({}, { next: [onTimeout(`after-${name}`)], timeout }), name }));
  const { ref } = await ctx.workflow([...gates, ...names.map((name) => task(ctx, `after-${name}`, 'append-ledger'))]);
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  const inquiries = await Promise.all(
    names.map((name) => until(taskToCreateInquiry(name, ctx.client, id), ctx.deadline)),
  );

  const ended = await Promise.all(inquiries.map((inquiry) => waitForExpiry(ctx, inquiry)));
  await expectRunsAtEnd(ctx, id, 'completed', { 'after-left': 1, 'after-right': 1 });

  for (const inquiry of ended) expectOnTime(ctx, inquiry, timeout);
  const expected = Object.fromEntries(
    names.flatMap((name) => [
      [name, 'timeout'],
      [`after-${name}`, 'completed'],
    ]),
  );
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual(expected);
});

const LISTS = [...BRANCHES, 'workflows.with_items', 'workflows.retry'];

claim.concurrent('T2.7g', LISTS, 'a retry asks again, and a list with one expiry has timed out', async (ctx) => {
  await openPacks(ctx);
  const timeout = inquiryTimeoutSeconds(3, ctx);
  const ask = inquiryTask({}, { timeout });
  const branches = { next: [onSuccess('S'), onTimeout('T')] };
  const { ref } = await ctx.workflow([
    { ...ask, name: 'again', retry: { count: 1, delay: 0 }, next: [onSuccess('apply')] },
    { ...ask, name: 'list', with_items: '{{ [1, 2] }}', concurrency: 2, ...branches },
    ...['apply', 'S', 'T'].map((name) => task(ctx, name, 'append-ledger')),
  ]);
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  const inquiryOf = async (name: string, n: number) => {
    const attempt = (await attemptsOf(ctx, id, name))[n];
    return attempt ? (await ctx.client.inquiries.ofExecution(attempt.id))[0] : undefined;
  };

  const hasInquiry = async () => (await inquiryOf('list', 0)) !== undefined;
  await until(predicateToHold('the list to ask', hasInquiry), ctx.deadline);
  await ctx.client.inquiries.respond((await inquiryOf('list', 0))!.id, { approved: true });
  const hasSecond = async () => (await inquiryOf('again', 1)) !== undefined;
  await until(predicateToHold('the gate to ask again', hasSecond), ctx.deadline);
  await ctx.client.inquiries.respond((await inquiryOf('again', 1))!.id, { approved: true });

  await expectRunsAtEnd(ctx, id, 'completed', { apply: 1, S: 0, T: 1 });
  const statuses = (await ctx.client.executions.children(id)).map((child) => [taskName(child), child.status]);
  expect(statuses.sort()).toEqual([
    ['T', 'completed'],
    ['again', 'completed'],
    ['again', 'timeout'],
    ['apply', 'completed'],
    ['list', 'completed'],
    ['list', 'timeout'],
  ]);
});

claim.concurrent('T2.7h', BRANCHES, 'a parallel task with an expired inquiry does not succeed', async (ctx) => {
  await openPacks(ctx);
  const gate = inquiryTask({}, { timeout: inquiryTimeoutSeconds(1, ctx) });
  const branches = [onSuccess('S'), { do: ['always'] }];
  const id = await startWorkflow(ctx, [
    parallelTask('both', [gate, { name: 'beside', action: 'core.noop' }], ...branches),
    ...['S', 'always'].map((name) => task(ctx, name, 'append-ledger')),
  ]);

  await expectRunsAtEnd(ctx, id, 'completed', { S: 0, always: 1 });

  const statuses = statusByTask(await ctx.client.executions.children(id));
  expect(statuses).toEqual({ gate: 'timeout', beside: 'completed', always: 'completed' });
});
