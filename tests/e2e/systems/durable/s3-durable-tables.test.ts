// Spec: five views contain every run: its row, its steps, its state, its events, its lease.
import type { Context } from '../../../../helpers/scenario/context';
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { taskToCreateInquiry } from '../../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { runCommand } from '../../support/commands/command-line';
import { copyDemoPack, uploadDemoPack } from '../../support/pack-copy';
import { inquiryTask } from '../../../../helpers/scenario/resources/inquiry-task';
import { childOf, startWorkflow } from '../../../../helpers/scenario/resources/workflow-runs';
import { onSuccess } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';
import { openTargetDatabase } from '../../../../helpers/target/target-database';

const test = systemTestNeeding('sql');

const INPUT = { text: 'Grace Hopper wrote a compiler in 1952. It was the first.' };
const OUTPUT = {
  summarize: { summary: 'Grace Hopper wrote a compiler in 1952.', words: 11 },
  extract_entities: { entities: ['Grace Hopper', '1952'] },
};

/** Runs the demo to its end. Returns the execution's id. */
async function runDemo(ctx: Context): Promise<number> {
  const { workflow } = await uploadDemoPack(ctx);
  const { id } = await ctx.client.executions.execute({ action_ref: workflow, parameters: INPUT });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return id;
}

const openDatabase = (ctx: Context) => openTargetDatabase(ctx.facts.databaseUrl);

/** A view's columns by name, and their types. */
const VIEWS = {
  executions: {
    id: 'bigint',
    tenant: 'integer',
    workflow: 'text',
    status: 'text',
    input: 'json',
    output: 'json',
    created_at: 'timestamp with time zone',
    started_at: 'timestamp with time zone',
    completed_at: 'timestamp with time zone',
  },
  execution_steps: {
    execution_id: 'bigint',
    workflow_id: 'bigint',
    step_order: 'integer',
    step_name: 'text',
    item: 'integer',
    status: 'text',
    retry_count: 'integer',
    started_at: 'timestamp with time zone',
    completed_at: 'timestamp with time zone',
  },
  execution_state: {
    execution_id: 'bigint',
    current_step: 'integer',
    snapshot: 'json',
    updated_at: 'timestamp with time zone',
  },
  execution_locks: {
    resource: 'text',
    execution_id: 'bigint',
    owner: 'text',
    fencing_token: 'bigint',
    acquired_at: 'timestamp with time zone',
    expires_at: 'timestamp with time zone',
    renewals: 'bigint',
  },
  execution_events: {
    execution_id: 'bigint',
    seq: 'bigint',
    timestamp: 'timestamp with time zone',
    subject_id: 'bigint',
    worker: 'bigint',
    type: 'text',
    payload: 'json',
  },
};

test('S3-01 the schema durable has exactly these views with these columns', async (ctx) => {
  await using database = await openDatabase(ctx);

  const columns = await database.query<{ view: string; name: string; type: string }>(
    `select table_name as view, column_name as name, data_type as type
    from information_schema.columns where table_schema = 'durable'`,
  );

  const byView = new Map<string, Record<string, string>>();
  for (const { view, name, type } of columns) byView.set(view, { ...byView.get(view), [name]: type });
  expect(Object.fromEntries(byView)).toEqual(VIEWS);
});

test('S3-02 the command run prints the result of the demo as one line', async (ctx) => {
  const { directory, workflow } = copyDemoPack(ctx);
  const target = ['--target', ctx.facts.url, '--pack', directory, '--parameters', JSON.stringify(INPUT)];

  const { code, stdout, stderr } = await runCommand(ctx, ['run', workflow, ...target, '--json']);

  expect({ code, stderr, lines: stdout.length }).toEqual({ code: 0, stderr: '', lines: 1 });
  const { id, ...line } = JSON.parse(stdout[0]!) as { id: number };
  expect(line).toEqual({ status: 'completed', output: OUTPUT });
  expect(await ctx.client.executions.get(id)).toMatchObject({
    id,
    status: 'completed',
    result: { ...OUTPUT, succeeded: true },
  });
});

test('S3-03 one row contains the input, the output and the times of a run', async (ctx) => {
  const id = await runDemo(ctx);
  await using database = await openDatabase(ctx);

  const rows = await database.query<object>(
    `select workflow, status, input, output, created_at <= started_at and started_at <= completed_at as ordered
    from durable.executions where id = $1`,
    [id],
  );

  const { action_ref: workflow } = await ctx.client.executions.get(id);
  expect(rows).toEqual([{ workflow, status: 'SUCCESS', input: INPUT, output: OUTPUT, ordered: true }]);
});

test('S3-04 two rows contain the steps in their order', async (ctx) => {
  const id = await runDemo(ctx);
  await using database = await openDatabase(ctx);

  const rows = await database.query<object>(
    `select workflow_id::int as workflow, step_order as place, step_name as name, item, status, retry_count as retries,
      started_at >= coalesce(lag(completed_at) over (order by step_order), started_at)
        and completed_at >= started_at as ordered
    from durable.execution_steps where execution_id = $1 order by step_order`,
    [id],
  );

  const step = { workflow: id, item: null, status: 'SUCCESS', retries: 0, ordered: true };
  expect(rows).toEqual([
    { ...step, place: 1, name: 'summarize' },
    { ...step, place: 2, name: 'extract_entities' },
  ]);
});

const STATE = 'select current_step as step, snapshot from durable.execution_state where execution_id = $1';

test('S3-05 the state is stored after each step, with the results so far', async (ctx) => {
  const id = await startWorkflow(
    ctx,
    [
      {
        name: 'first',
        action: 'core.echo',
        input: { message: ctx.nonce },
        next: [{ ...onSuccess('gate'), publish: [{ seen: '{{ result().stdout }}' }] }],
      },
      inquiryTask({}),
    ],
    { vars: { seen: null } },
  );
  const inquiry = await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline);
  await using database = await openDatabase(ctx);

  const [during] = await database.query<object>(STATE, [id]);
  await ctx.client.inquiries.respond(inquiry.id, { approved: true });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const [after] = await database.query<object>(STATE, [id]);

  const [first, gate] = [await childOf(ctx, id, 'first'), await childOf(ctx, id, 'gate')];
  const variables = { seen: ctx.nonce };
  expect(during).toEqual({ step: 1, snapshot: { variables, steps: { first: first.result } } });
  expect(after).toEqual({ step: 2, snapshot: { variables, steps: { first: first.result, gate: gate.result } } });
});

const STEP = ['STEP_STARTED', 'AGENT_INVOKED', 'AGENT_RESPONSE', 'STEP_COMPLETED'];

test('S3-06 a run of two steps leaves exactly ten events in one order', async (ctx) => {
  const id = await runDemo(ctx);
  await until(logToEnd(ctx.client, id), ctx.deadline);
  await using database = await openDatabase(ctx);

  const rows = await database.query<{ type: string; rises: boolean }>(
    `select type, seq > coalesce(lag(seq) over (order by seq), 0)
      and "timestamp" >= coalesce(lag("timestamp") over (order by seq), '-infinity') as rises
    from durable.execution_events where execution_id = $1 order by "timestamp", seq`,
    [id],
  );

  expect(rows.map(({ type }) => type)).toEqual(['EXECUTION_STARTED', ...STEP, ...STEP, 'EXECUTION_COMPLETED']);
  expect(rows.every(({ rises }) => rises)).toBe(true);
});
