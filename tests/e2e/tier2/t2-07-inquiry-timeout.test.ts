// Spec: a question nobody answers expires once, at its time, and what waited for it goes on as its default or its timeout says.
import { gate, lifetimes, onApproval, onDenial } from '../../../helpers/asking';
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { inquiryToBe, isExpired, isTimedOut, taskToAsk } from '../../../helpers/inquiry-conditions';
import { instant } from '../../../helpers/instant';
import { ascending, run } from '../../../helpers/intervals';
import { statusByTask } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { onSuccess, onTimeout, task, type Parameters, type Task } from '../../../helpers/workflow';

const NEEDS = ['inquiries.ask', 'inquiries.expiry', 'executions.intervals', 'ledger.shared'];
const DEFAULTS = [...NEEDS, 'inquiries.default_response'];
/** The nearest wrong time for an expiry, ms: a check that runs once in a second more than was declared. */
const MARGIN_MS = 1_000;

const begin = async (ctx: Context, ref: string) => {
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  return { id, inquiry: await until(taskToAsk('gate', ctx.client, id), ctx.deadline) };
};

/** Starts a workflow whose gate asks for so long, s, and waits until it does. */
const startAsking = async (ctx: Context, timeout: number, asks: Task, others: Task[]) => {
  const { ref } = await ctx.workflow([{ ...asks, timeout }, ...others]);
  return { ...(await begin(ctx, ref)), timeout };
};

const runsOf = (ctx: Context, label: string): number => ctx.ledger.count(ctx.signed(label).key);
const lateMs = (ctx: Context): number => ctx.facts.choices.sweepMs;
const expired = (ctx: Context, { id }: { id: number }) => until(inquiryToBe('timeout', ctx.client, id), ctx.deadline);
type Inquiry = Awaited<ReturnType<typeof expired>>;
const life = (inquiry: Inquiry): number => instant(inquiry.updated) - instant(inquiry.created);

/** Not before its time, and not later than the target may be and this host can add. */
const expectOnTime = (ctx: Context, inquiry: Inquiry, seconds: number) => {
  expect(isExpired(inquiry)).toBe(true);
  expect(life(inquiry)).toBeGreaterThanOrEqual(seconds * 1_000);
  expect(judgeBound(life(inquiry), seconds * 1_000 + lateMs(ctx), ctx.slackMs('mark'), MARGIN_MS)).toBe('within');
};

claim.concurrent('T2.7a', DEFAULTS, 'expiry applies the default and the workflow continues with it', async (ctx) => {
  await ctx.pack('e2e');
  const fallback = { approved: false, reason: ctx.nonce };
  const asks = gate({ default_response: fallback }, { next: [onApproval('yes'), onDenial('no')] });
  const { id, inquiry, timeout } = await startAsking(ctx, lifetimes(3, ctx), asks, [
    task(ctx, 'yes', 'append-ledger'),
    task(ctx, 'no', 'echo-params', { reason: '{{ result().response.reason }}' }),
  ]);

  expect(inquiry).toMatchObject({ status: 'pending', response: null });
  const ended = await expired(ctx, inquiry);
  const counts = () => [runsOf(ctx, 'yes'), runsOf(ctx, 'no')];
  await stays(counts, [0, 1], executionToBe('completed', ctx.client, id), ctx.quietMs, ctx.deadline);

  expectOnTime(ctx, ended, timeout);
  expect(ended).toMatchObject({ response: fallback, defaulted: true, responded_at: null });
  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ gate: 'completed', no: 'completed' });
  const no = await ctx.client.executions.get(children[1]!.id);
  const params: Parameters = { ...ctx.signed('no'), reason: ctx.nonce };
  expect(no.result).toMatchObject({ data: { params } });
});

claim.concurrent(
  'T2.7b',
  NEEDS,
  'expiry without default ends the gate as timed out and fails the flow',
  async (ctx) => {
    await ctx.pack('e2e');
    const asks = gate({}, { next: [onSuccess('apply')] });
    const { id, inquiry, timeout } = await startAsking(ctx, lifetimes(2, ctx), asks, [
      task(ctx, 'beside', 'append-ledger'), // the same fixture, which does run
      task(ctx, 'apply', 'append-ledger'),
    ]);

    const ended = await expired(ctx, inquiry);
    const counts = () => [runsOf(ctx, 'beside'), runsOf(ctx, 'apply')];
    await stays(counts, [1, 0], executionToBe('failed', ctx.client, id), ctx.quietMs, ctx.deadline);

    expectOnTime(ctx, ended, timeout);
    expect(ended.response).toBeNull();
    const asking = await ctx.client.executions.get(inquiry.execution);
    expect([isTimedOut(asking), asking.result]).toMatchObject([true, { error: 'inquiry timed out' }]);
    const children = await ctx.client.executions.children(id);
    expect(statusByTask(children)).toEqual({ gate: 'timeout', beside: 'completed' });
    const { result } = await ctx.client.executions.get(id);
    expect(result).toMatchObject({ succeeded: false, error: 'Workflow failed: 1 task(s) failed: gate' });
  },
);

claim.concurrent('T2.7c', NEEDS, 'an answer in time is final; the deadline passes without effect', async (ctx) => {
  await ctx.pack('e2e');
  const asks = gate({}, { next: [onSuccess('apply')] });
  const { id, inquiry, timeout } = await startAsking(ctx, lifetimes(5, ctx), asks, [
    task(ctx, 'apply', 'append-ledger'),
  ]);

  const answered = await ctx.client.inquiries.respond(inquiry.id, { approved: true, nonce: ctx.nonce });
  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const pastMs = timeout * 1_000 + lateMs(ctx) + ctx.slackMs('mark');
  const records = () => Promise.all([ctx.client.inquiries.get(inquiry.id), ctx.client.executions.get(id)]);
  await stays(records, [answered, root], executionToBe('completed', ctx.client, id), pastMs, ctx.deadline);
  expect(answered).toMatchObject({ status: 'responded', response: { approved: true, nonce: ctx.nonce } });
  expect(run(root).finish).toBeLessThan(instant(inquiry.created) + timeout * 1_000);
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'completed', apply: 'completed' });
  expect(runsOf(ctx, 'apply')).toBe(1);
});

claim.concurrent('T2.7d', NEEDS, 'three lifetimes expire independently and in order', async (ctx) => {
  await ctx.pack('e2e');
  const timeouts = [2, 4, 6].map((n) => lifetimes(n, ctx));
  const workflowOf = (timeout: number, n: number) => {
    const after = task(ctx, 'after', 'append-ledger', ctx.signed(`after-${n}`));
    return ctx.workflow([{ ...gate({}, { next: [onTimeout('after')] }), timeout }, after], { name: `flow-${n}` });
  };
  const workflows = await Promise.all(timeouts.map(workflowOf));
  const flows = await Promise.all(workflows.map(({ ref }) => begin(ctx, ref)));

  await expired(ctx, flows[0]!.inquiry);
  const rest = await Promise.all(flows.slice(1).map(({ inquiry }) => ctx.client.inquiries.get(inquiry.id)));
  const ends = await Promise.all(flows.map(({ inquiry }) => expired(ctx, inquiry)));
  await Promise.all(flows.map(({ id }) => until(executionToBe('completed', ctx.client, id), ctx.deadline)));
  const counts = () => timeouts.map((_, n) => runsOf(ctx, `after-${n}`));
  const last = executionToBe('completed', ctx.client, flows[2]!.id);
  await stays(counts, [1, 1, 1], last, ctx.quietMs, ctx.deadline);

  expect(rest.map(({ status }) => status)).toEqual(['pending', 'pending']);
  expectOnTime(ctx, ends[0]!, timeouts[0]!);
  expectOnTime(ctx, ends[1]!, timeouts[1]!);
  expectOnTime(ctx, ends[2]!, timeouts[2]!);
  const at = ends.map(({ updated }) => instant(updated));
  expect(at).toEqual(ascending(at));
});

claim.concurrent('T2.7e', NEEDS, 'a late answer is refused and revives nothing', async (ctx) => {
  await ctx.pack('e2e');
  const asks = gate({}, { next: [onSuccess('apply')] });
  const { id, inquiry } = await startAsking(ctx, lifetimes(2, ctx), asks, [
    task(ctx, 'beside', 'append-ledger'), // the same fixture, which does run
    task(ctx, 'apply', 'append-ledger'),
  ]);

  const ended = await expired(ctx, inquiry);
  const root = await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const status = ctx.facts.choices.secondAnswerStatus;
  await expect(ctx.client.inquiries.respond(inquiry.id, { approved: true })).rejects.toMatchObject({ status });

  const failed = executionToBe('failed', ctx.client, id);
  const counts = () => [runsOf(ctx, 'beside'), runsOf(ctx, 'apply')];
  await stays(counts, [1, 0], failed, ctx.quietMs, ctx.deadline);
  expect(await ctx.client.inquiries.get(inquiry.id)).toEqual(ended);
  expect(ended.response).toBeNull();
  expect(await ctx.client.executions.get(id)).toEqual(root);
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'timeout', beside: 'completed' });
});
