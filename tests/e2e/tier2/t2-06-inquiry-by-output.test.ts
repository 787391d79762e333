// Spec: an output with the key `__inquiry` makes its execution wait for the response.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { executeToAsk, printJson } from '../../../helpers/scenario/resources/inquiry-task';
import { expectTasks } from '../../../helpers/scenario/resources/task-statuses';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['inquiries.from_actions', 'inquiries.expiry'];

claim('T2.6l', NEEDS, 'a JSON output with `__inquiry` waits, and its result has the response', async (ctx) => {
  await ctx.pack('e2e-values');
  const data = { n: 7, __inquiry: { prompt: `Go on, ${ctx.nonce}?`, timeout_seconds: 1_000 } };

  const { execution, inquiry: id } = await executeToAsk(ctx, data);
  const inquiry = await ctx.client.inquiries.get(id);
  const { status, finished_at } = await ctx.client.executions.get(execution);
  await ctx.client.inquiries.respond(id, { approved: true });
  const { result } = await waitForStatus(ctx, execution);

  expect([status, finished_at ?? null, inquiry.prompt]).toEqual(['running', null, data.__inquiry.prompt]);
  expect(result).toMatchObject({ data: { n: 7 }, response: { approved: true }, __inquiry_id: id });
});

interface Waiting {
  readonly root: number;
  readonly execution: number;
  readonly inquiry: number;
}

/** What ends an execution that waits for its inquiry, and its status then. */
const ENDS = {
  'its response': ['completed', ({ client }: Context, { inquiry }: Waiting) => client.inquiries.respond(inquiry, {})],
  'a cancel of its inquiry': [
    'cancelled',
    ({ client }: Context, { inquiry }: Waiting) => client.inquiries.update(inquiry, { status: 'cancelled' }),
  ],
  'the removal of its inquiry': [
    'cancelled',
    ({ client }: Context, { inquiry }: Waiting) => client.inquiries.remove(inquiry),
  ],
  'a cancel of its own': [
    'cancelled',
    ({ client }: Context, { execution }: Waiting) => client.executions.cancel(execution),
  ],
  'a cancel of its workflow': ['cancelled', ({ client }: Context, { root }: Waiting) => client.executions.cancel(root)],
} as const;

/** Starts a workflow whose task `gate` prints this document, with an inquiry. */
const startWaiting = async (ctx: Context, n: number, data: object): Promise<Waiting> => {
  const gate = { name: 'gate', action: ctx.action('print-json'), input: printJson(data) };
  const root = await startWorkflow(ctx, [gate], { name: `flow-${n}` });
  const { id: inquiry, execution } = await until(taskToCreateInquiry('gate', ctx.client, root), ctx.deadline);
  return { root, execution, inquiry };
};

const CANCELS = [...NEEDS, 'inquiries.response_schema', 'executions.cancel'];

claim('T2.6m', CANCELS, 'whatever ends its inquiry, a result has the output of the program', async (ctx) => {
  await ctx.pack('e2e-values');
  const rows = Object.entries(ENDS);
  const data = { n: 7, __inquiry: { prompt: `Go on, ${ctx.nonce}?` } };

  const waiting = await Promise.all(rows.map((_, n) => startWaiting(ctx, n, data)));
  await Promise.all(rows.map(([, [, end]], n) => end(ctx, waiting[n]!)));
  const ended = await Promise.all(rows.map(([, [status]], n) => waitForStatus(ctx, waiting[n]!.execution, status)));

  const outputs = ended.map(({ result }, n) => [rows[n]![0], (result as { data?: unknown }).data]);
  expect(Object.fromEntries(outputs)).toEqual(Object.fromEntries(rows.map(([name]) => [name, data])));
});

const SEALED = [...NEEDS, 'secrets.redaction'];

claim('T2.6o', SEALED, 'an output that waits keeps what its action declares secret', async (ctx) => {
  const { ref } = await ctx.ownCopy('e2e-values');
  await ctx.client.actions.update(`${ref}.print-json`, { out_schema: { pin: { type: 'string', secret: true } } });
  const data = { pin: ctx.nonce, __inquiry: { prompt: 'Go on?' } };
  const input = { encoded: Buffer.from(JSON.stringify(data)).toString('base64') };
  const next = [{ when: `{{ task.gate.data.pin == '${ctx.nonce}' }}`, do: ['last'] }];
  const root = await startWorkflow(ctx, [{ name: 'gate', action: `${ref}.print-json`, input, next }, noopTask('last')]);
  const { id, execution } = await until(taskToCreateInquiry('gate', ctx.client, root), ctx.deadline);
  const waiting = await ctx.client.executions.get(execution);

  await ctx.client.inquiries.respond(id, { approved: true });
  await waitForStatus(ctx, root);

  await expectTasks(ctx, root, { gate: 'completed', last: 'completed' });
  const ended = await ctx.client.executions.get(execution);
  const shown = { data: { pin: { $attune_secret: true, redacted: true } } };
  expect([waiting.result, ended.result]).toMatchObject([shown, { ...shown, response: { approved: true } }]);
  expect((await ctx.client.executions.tree(root)).children[0]!.stdout_tail).toBe('');
});
