// Spec: an execution that has not ended states what it waits for, from itself to what holds it.
import { parseInstant, writtenInstant } from '../../../helpers/instant';
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { inquiryToBe } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryOfRun } from '../../../helpers/scenario/resources/expiring-inquiries';
import { startFlaky } from '../../../helpers/scenario/resources/flaky-task';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { itemsOf } from '../../../helpers/scenario/resources/list-task';
import { gatedTask, INQUIRY_FIRST, openGate } from '../../../helpers/scenario/resources/paused-workflows';
import {
  childReason,
  phraseOf,
  phrasesOf,
  reason,
  rowOf,
  waitForReasons,
} from '../../../helpers/scenario/resources/waiting-reasons';
import { attemptsOf, childOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.waiting', 'executions.log'];
const WITH_INQUIRIES = [...NEEDS, 'inquiries.ask'];
const LIMITED = [...WITH_INQUIRIES, 'executions.timeout'];

/** The reason of an execution of `core.ask`. */
const inquiryReason = (execution: number, { id, created }: { readonly id: number; readonly created: string }) =>
  reason('inquiry', execution, `a response to inquiry ${id}, which is pending`, {
    since: created,
    due_at: null,
    source: rowOf('inquiries', id),
    inquiry: id,
    status: 'pending',
    assigned_to: null,
  });

claim('T3.37a', WITH_INQUIRIES, 'a join states which transition is missing, and what holds it', async (ctx) => {
  const id = await startWorkflow(ctx, [
    noopTask('first', { next: [onSuccess('last')] }),
    inquiryTask({}, { next: [onSuccess('last')] }),
    noopTask('last', { join: 2 }),
  ]);
  const inquiry = await inquiryOfRun(ctx, id, 'gate', 0);
  const gate = await childOf(ctx, id, 'gate');

  const reasons = await waitForReasons(ctx, id, 'join', 'child', 'inquiry');

  const join = 'the join of task last: 1 of 2 transitions have fired, without gate (running)';
  expect(reasons).toEqual([
    reason('join', id, join, {
      since: expect.any(String) as string,
      due_at: null,
      source: rowOf('executions', id),
      task: 'last',
      needed: 2,
      arrived: ['first'],
      missing: [{ task: 'gate', status: 'running' }],
    }),
    childReason(id, 'gate', gate),
    inquiryReason(gate.id, inquiry),
  ]);
  expect(await phrasesOf(ctx, id)).toEqual({ [id]: phraseOf(reasons, id), [gate.id]: phraseOf(reasons, gate.id) });
});

claim('T3.37b', [...NEEDS, 'ledger.shared'], 'a waiting item states the limit and who holds it', async (ctx) => {
  await ctx.pack('e2e');
  const list = { ...gatedTask(ctx, 'each'), with_items: [1, 2, 3], concurrency: 1 };
  const id = await startWorkflow(ctx, [list]);
  await waitForReasons(ctx, id, 'child', 'process', 'task_concurrency');
  const [holder, waiting] = await itemsOf(ctx, id);
  const { worker, started_at } = await ctx.client.executions.get(holder!.id);
  const { name } = await ctx.client.workers.get(worker!);

  const ends = writtenInstant(parseInstant(started_at!) + 300_000);
  const process = `its process on worker ${name}, which the limit of the system, 300 s, ends at ${ends}`;
  const turn = `its turn in the list of task each: 1 of 1 places are used, by execution ${holder!.id}`;
  const reasons = [
    reason('task_concurrency', waiting!.id, turn, {
      since: waiting!.created,
      due_at: null,
      source: rowOf('executions', waiting!.id),
      task: 'each',
      limit: 1,
      used: 1,
      holders: [holder!.id],
      waiting: 2,
    }),
    reason('process', holder!.id, process, {
      since: started_at!,
      due_at: ends,
      source: rowOf('executions', holder!.id),
      worker: worker!,
      name,
      limit_seconds: 300,
      limit_level: 'system',
      stopping: false,
    }),
  ];
  expect((await ctx.client.executions.waiting(waiting!.id)).reasons).toEqual(reasons);
  openGate(ctx);
  await waitForStatus(ctx, id);
  expect(await ctx.client.executions.waiting(id)).toMatchObject({ status: 'completed', reasons: [], left_out: 0 });
});

claim.time('T3.37c', NEEDS, 'a retry states when it is due and what failed', async (ctx) => {
  const id = await startFlaky(ctx, 1, { count: 2, delay: 60 });
  const reasons = await waitForReasons(ctx, id, 'child', 'retry');
  const [first, second] = await attemptsOf(ctx, id, 'flaky');

  const due = second!.workflow_task!.next_retry_at!;
  expect(reasons).toEqual([
    childReason(id, 'flaky', second!),
    reason('retry', second!.id, `its retry 1 of 2 at ${due}, after the status failed`, {
      since: second!.created,
      due_at: due,
      source: rowOf('executions', second!.id),
      retry: 1,
      retries: 2,
      cause: 'failed',
      first: first!.id,
    }),
  ]);
});

/** Waits until a workflow is paused. Returns when. */
const pausedAt = async (ctx: Context, id: number): Promise<string> =>
  (await until(executionToBe('paused', ctx.client, id), ctx.deadline)).updated;

const pauseReason = (execution: number, paused: number, since: string) =>
  reason('pause', execution, execution === paused ? 'its resume' : `the resume of execution ${paused}`, {
    since,
    due_at: null,
    source: rowOf('executions', paused),
    paused,
    state: 'paused',
  });

/** Lifetime of an inquiry, seconds. */
const LIFETIME = 60;

type Ended = 'responded' | 'cancelled' | 'timeout';

/** Each end of an inquiry, with its text. */
const ENDS: Readonly<
  Record<Ended, readonly [text: string, end: (ctx: TimeContext, inquiry: number) => Promise<unknown>]>
> = {
  responded: ['was answered', ({ client }, inquiry) => client.inquiries.respond(inquiry, {})],
  cancelled: ['was cancelled', ({ client }, inquiry) => client.inquiries.update(inquiry, { status: 'cancelled' })],
  timeout: ['expired', ({ time }) => time.pass(LIFETIME)],
};

/** It takes a minute where no clock can be moved. */
const TIMEOUT = ['timeout'] as const;

const PAUSED = [...WITH_INQUIRIES, 'executions.pause'];

claim.time('T3.37d', PAUSED, 'an inquiry of a paused workflow that has ended is not awaited', async (ctx) => {
  const tasks = [
    inquiryTask({ timeout_seconds: '{{ parameters.seconds }}' }, { next: [onSuccess('last')] }),
    noopTask('last'),
  ];
  const { ref: action_ref } = await ctx.workflow(tasks, { parameters: { seconds: {} } });
  const found: unknown[] = [];
  const expected: unknown[] = [];
  const ends: readonly Ended[] = ['responded', 'cancelled', ...(ctx.canProve('clock.virtual') ? TIMEOUT : [])];
  for (const ended of ends) {
    const [text, end] = ENDS[ended];
    for (const seconds of ended === 'timeout' ? [LIFETIME] : [null, LIFETIME]) {
      const { id } = await ctx.client.executions.execute({ action_ref, parameters: { seconds } });
      const { id: inquiry } = await inquiryOfRun(ctx, id, 'gate', 0);
      await ctx.client.executions.pause(id);
      const since = await pausedAt(ctx, id);
      await end(ctx, inquiry);
      const { updated } = await until(inquiryToBe(ended, ctx.client, inquiry), ctx.deadline);

      const { status, reasons } = await ctx.client.executions.waiting(id);

      found.push([status, reasons, await phrasesOf(ctx, id)]);
      const phrase = `its engine to process the end of inquiry ${inquiry}, which ${text} at ${updated}`;
      const of = { inquiry, status: ended, assigned_to: null };
      const row = { since: updated, due_at: null, source: rowOf('inquiries', inquiry) };
      const awaited = [pauseReason(id, id, since), reason('inquiry', id, phrase, { ...row, ...of })];
      expected.push(['paused', awaited, { [id]: phraseOf(reasons, id) }]);
    }
  }
  expect(found).toEqual(expected);
});

claim('T3.37e', PAUSED, 'a paused sub-workflow states which workflow to resume', async (ctx) => {
  const { ref } = await ctx.workflow([...INQUIRY_FIRST], { name: 'inner' });
  const id = await startWorkflow(ctx, [{ name: 'nested', action: ref }]);
  await waitForReasons(ctx, id, 'child', 'child', 'inquiry');
  const { id: nested } = await childOf(ctx, id, 'nested');
  await ctx.client.executions.pause(id);
  await pausedAt(ctx, nested);
  const since = await pausedAt(ctx, id);

  const { reasons } = await ctx.client.executions.waiting(nested);

  expect(reasons).toEqual([pauseReason(nested, id, since)]);
});

/** The limits of a workflow and of its request, seconds, and the one that its timer has. */
const LIMITS: readonly (readonly [own: number | null, requested: number | null, seconds: number, of: string])[] = [
  [600, null, 600, 'workflow'],
  [null, 500, 500, 'request'],
  [600, 500, 500, 'request'],
  [600, 700, 600, 'workflow'],
  [600, 600, 600, 'workflow'],
];

claim('T3.37r', LIMITED, 'a workflow states which limit ends it, and when', async (ctx) => {
  const seen: object[] = [];
  const expected: object[] = [];

  for (const [n, [own, requested, seconds, level]] of LIMITS.entries()) {
    const { ref } = await ctx.workflow([inquiryTask({})], {
      name: `flow-${n}`,
      ...(own !== null && { timeout: own }),
    });
    const request = { action_ref: ref, ...(requested !== null && { timeout_seconds: requested }) };
    const { id } = await ctx.client.executions.execute(request);
    ctx.defer(() => cancelAndWait(ctx.client, id));
    const timer = (await waitForReasons(ctx, id, 'child', 'inquiry', 'timer')).at(-1)!;
    const { started_at: started } = await ctx.client.executions.get(id);
    const ends = writtenInstant(parseInstant(started!) + seconds * 1_000);
    seen.push(timer);
    expected.push(
      reason('timer', id, `its timer: the limit of its ${level}, ${seconds} s, ends it at ${ends}`, {
        since: started!,
        due_at: ends,
        source: rowOf('executions', id),
        limit_seconds: seconds,
        limit_level: level as 'workflow' | 'request',
        task: null,
      }),
    );
  }

  expect(seen).toEqual(expected);
});
