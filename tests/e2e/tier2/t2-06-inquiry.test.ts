// Spec: a task that asks holds its workflow until somebody answers, once, and the workflow goes on with that answer.
import { approver, gate, onApproval, onDenial } from '../../../helpers/asking';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { inquiryToBe, isWaiting, processesToEnd, taskToAsk } from '../../../helpers/inquiry-conditions';
import { instant } from '../../../helpers/instant';
import { run } from '../../../helpers/intervals';
import { only, statusByTask } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { onSuccess, task, type Parameters, type Task } from '../../../helpers/workflow';

const NEEDS = ['inquiries.ask', 'executions.intervals', 'ledger.shared'];
const STRICT = [...NEEDS, 'inquiries.response_schema'];

const APPROVAL = { approved: { type: 'boolean', required: true }, comment: { type: 'string' } };

/** Starts a workflow whose gate asks, and waits until it does. */
const startAsking = async (ctx: Context, tasks: Task[], name = 'flow') => {
  const { ref } = await ctx.workflow(tasks, { name });
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  return { id, inquiry: await until(taskToAsk('gate', ctx.client, id), ctx.deadline) };
};

const runsOf = (ctx: Context, label: string): number => ctx.ledger.count(ctx.signed(label).key);

const stateOf = async (ctx: Context, inquiry: { id: number; execution: number }) => {
  const [asked, asking] = await Promise.all([
    ctx.client.inquiries.get(inquiry.id),
    ctx.client.executions.get(inquiry.execution),
  ]);
  return { inquiry: asked.status, waits: isWaiting(asking, asked) };
};

/** What an `echo-params` child was given. */
const paramsOf = async (ctx: Context, name: string, id: number): Promise<unknown> => {
  const child = only(name, await ctx.client.executions.children(id));
  const { result } = await ctx.client.executions.get(child.id);
  return (result as { data: { params: Parameters } }).data.params;
};

/** prepare → the gate given → apply: nothing passes before the approval, and everything once after it. */
const approvesOnce = async (ctx: Context, flow: string, asks: Task, asked: () => Promise<void>) => {
  const comment = '{{ task.gate.response.comment }}';
  const apply = task(ctx, 'apply', 'echo-params', { ...ctx.signed(`${flow}-apply`), comment });
  const prepare = task(ctx, 'prepare', 'append-ledger', {}, onSuccess('gate'));
  const { id, inquiry } = await startAsking(ctx, [prepare, { ...asks, next: [onSuccess('apply')] }, apply], flow);
  await asked();

  const asking = inquiryToBe('pending', ctx.client, inquiry.id);
  await stays(() => runsOf(ctx, `${flow}-apply`), 0, asking, ctx.quietMs, ctx.deadline);
  const before = await ctx.client.executions.children(id);
  expect(statusByTask(before)).toEqual({ prepare: 'completed', gate: 'running' });
  expect(await ctx.client.inquiries.ofExecution(only('gate', before).id)).toMatchObject([{ id: inquiry.id }]);
  expect(await stateOf(ctx, inquiry)).toEqual({ inquiry: 'pending', waits: true });
  expect(instant(inquiry.created)).toBeGreaterThanOrEqual(run(only('prepare', before)).finish);
  expect((await ctx.client.executions.get(id)).status).toBe('running');

  const answer = { approved: true, comment: ctx.nonce };
  const answered = await ctx.client.inquiries.respond(inquiry.id, answer);
  const ended = executionToBe('completed', ctx.client, id);
  await stays(() => runsOf(ctx, `${flow}-apply`), 1, ended, ctx.quietMs, ctx.deadline);
  const after = await ctx.client.executions.children(id);
  expect(statusByTask(after)).toEqual({ prepare: 'completed', gate: 'completed', apply: 'completed' });
  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ status: 'responded', response: answer });
  expect((await ctx.client.executions.get(inquiry.execution)).result).toMatchObject({ response: answer });
  expect(await paramsOf(ctx, 'apply', id)).toEqual({ ...ctx.signed(`${flow}-apply`), comment: ctx.nonce });
  expect(run(only('apply', after)).start).toBeGreaterThanOrEqual(instant(answered.responded_at!));
};

claim('T2.6a', NEEDS, 'approval resumes the paused workflow once, with the answer', async (ctx) => {
  await ctx.pack('e2e');
  await approvesOnce(ctx, 'task', gate({ response_schema: APPROVAL }), () => Promise.resolve());
  if (!ctx.needs('inquiries.from_actions') || !ctx.needs('host.processes')) return;

  const input = { ...ctx.signed('script'), prompt: 'May it go on?', response_schema: APPROVAL };
  const script = { name: 'gate', action: ctx.action('ask-from-script'), input };
  const alone = () => until(processesToEnd(ctx.ledger, ctx.signed('script').key), ctx.deadline);
  await approvesOnce(ctx, 'script', script, async () => expect(await alone()).toHaveLength(1));
});

claim('T2.6b', NEEDS, 'rejection takes the denied branch only', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startAsking(ctx, [
    gate({ response_schema: APPROVAL }, { next: [onApproval('yes'), onDenial('no')] }),
    task(ctx, 'yes', 'append-ledger'),
    task(ctx, 'no', 'echo-params', { reason: '{{ result().response.reason }}' }),
  ]);

  const answer = { approved: false, reason: ctx.nonce };
  await ctx.client.inquiries.respond(inquiry.id, answer);

  await stays(() => runsOf(ctx, 'yes'), 0, executionToBe('completed', ctx.client, id), ctx.quietMs, ctx.deadline);
  const children = await ctx.client.executions.children(id);
  expect(statusByTask(children)).toEqual({ gate: 'completed', no: 'completed' });
  expect(runsOf(ctx, 'no')).toBe(1);
  expect(await paramsOf(ctx, 'no', id)).toEqual({ ...ctx.signed('no'), reason: ctx.nonce });
  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ status: 'responded', response: answer });
});

claim('T2.6c', NEEDS, 'a five-field form is stored and consumed field by field', async (ctx) => {
  await ctx.pack('e2e');
  const form = {
    approved: { type: 'boolean', required: true },
    level: { type: 'string', enum: ['low', 'high'], required: true },
    comment: { type: 'string' },
    due: { type: 'string', format: 'date' },
    copies: { type: 'integer' },
  };
  const fields = Object.keys(form).map((name) => [name, `{{ result().response.${name} }}`]);
  const { id, inquiry } = await startAsking(ctx, [
    gate({ response_schema: form }, { next: [onSuccess('apply')] }),
    task(ctx, 'apply', 'echo-params', Object.fromEntries(fields) as Parameters),
  ]);

  const answer = { approved: true, level: 'high', comment: ctx.nonce, due: '2026-02-28', copies: 7 };
  await ctx.client.inquiries.respond(inquiry.id, answer);
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(await ctx.client.inquiries.get(inquiry.id)).toMatchObject({ response_schema: form, response: answer });
  expect(inquiry.response_schema).toEqual(form);
  expect(await paramsOf(ctx, 'apply', id)).toEqual({ ...ctx.signed('apply'), ...answer });
});

claim('T2.6d', NEEDS, 'listing shows each waiting question once, pages cleanly and tracks answers', async (ctx) => {
  await ctx.pack('e2e');
  const { id: me, client } = await approver(ctx);
  const ask = (name: string) => startAsking(ctx, [gate({ assigned_to: me })], name);
  const flows = [await ask('one'), await ask('two'), await ask('three')] as const;
  const ids = flows.map(({ inquiry }) => inquiry.id);
  const pageAt = async (offset: number) =>
    (await client.inquiries.page({ status: 'pending', assigned_to: me }, { limit: 2, offset })).items.map(
      (row) => row.id,
    );
  const listed = async (status: string) =>
    (await client.inquiries.list({ status, assigned_to: me })).map((row) => row.id);

  const pages = [await pageAt(0), await pageAt(2)];
  await client.inquiries.respond(ids[1]!, { approved: true });
  await until(executionToBe('completed', ctx.client, flows[1].id), ctx.deadline);

  expect(pages).toEqual([[ids[2], ids[1]], [ids[0]]]);
  expect(await listed('pending')).toEqual([ids[2], ids[0]]);
  expect(await listed('responded')).toEqual([ids[1]]);
  const others = await Promise.all([flows[0], flows[2]].map(({ inquiry }) => stateOf(ctx, inquiry)));
  expect(others).toEqual(Array(2).fill({ inquiry: 'pending', waits: true }));
  const roots = await Promise.all([flows[0], flows[2]].map(({ id }) => ctx.client.executions.get(id)));
  expect(roots.map(({ status }) => status)).toEqual(['running', 'running']);
});

claim('T2.6e', NEEDS, 'a second answer is refused and changes nothing', async (ctx) => {
  await ctx.pack('e2e');
  const { id, inquiry } = await startAsking(ctx, [
    gate({}, { next: [onApproval('apply'), onDenial('denied')] }),
    task(ctx, 'apply', 'append-ledger'),
    task(ctx, 'denied', 'append-ledger'),
  ]);

  const first = await ctx.client.inquiries.respond(inquiry.id, { approved: true, nonce: ctx.nonce });
  const status = ctx.facts.choices.secondAnswerStatus;
  await expect(ctx.client.inquiries.respond(inquiry.id, { approved: false })).rejects.toMatchObject({ status });

  const counts = () => [runsOf(ctx, 'apply'), runsOf(ctx, 'denied')];
  await stays(counts, [1, 0], executionToBe('completed', ctx.client, id), ctx.quietMs, ctx.deadline);
  expect(await ctx.client.inquiries.get(inquiry.id)).toEqual(first);
  expect(first.response).toEqual({ approved: true, nonce: ctx.nonce });
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'completed', apply: 'completed' });
});

claim('T2.6f', STRICT, 'an answer outside the schema is refused and the gate keeps waiting', async (ctx) => {
  await ctx.pack('e2e');
  const schema = { approved: { type: 'boolean', required: true }, level: { enum: ['low', 'high'] } };
  const { id, inquiry } = await startAsking(ctx, [
    gate({ response_schema: schema, strict: true }, { next: [onSuccess('apply')] }),
    task(ctx, 'apply', 'append-ledger'),
  ]);
  const refusedFor = async (answer: Parameters, field: string) => {
    const refusal = { status: 422, message: expect.stringContaining(`response/${field}`) as string };
    await expect(ctx.client.inquiries.respond(inquiry.id, answer)).rejects.toMatchObject(refusal);
    expect(await stateOf(ctx, inquiry)).toEqual({ inquiry: 'pending', waits: true });
    expect(runsOf(ctx, 'apply')).toBe(0);
  };

  await refusedFor({}, 'approved');
  await refusedFor({ approved: 'yes' }, 'approved');
  await refusedFor({ approved: true, level: 'x' }, 'level');

  await ctx.client.inquiries.respond(inquiry.id, { approved: true, level: 'low' });
  const ended = executionToBe('completed', ctx.client, id);
  await stays(() => runsOf(ctx, 'apply'), 1, ended, ctx.quietMs, ctx.deadline);
  expect(statusByTask(await ctx.client.executions.children(id))).toEqual({ gate: 'completed', apply: 'completed' });
});
