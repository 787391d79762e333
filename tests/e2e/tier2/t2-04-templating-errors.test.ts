// Spec: each expression has its defined value, or a defined error.
import {
  EXPRESSION_PARAMETERS,
  EXPRESSION_VALUES,
  EXPRESSION_VARIABLES,
  EXPRESSIONS_WITHOUT_VALUE,
  FILTER_VALUES,
  MIXED_TEXTS,
  RAW_TEXTS,
} from '../../../helpers/fixtures/expression-values';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { givenParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { onlyExecutionOf, runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { childOf, paramsOf, runCounts, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onFailure, task, type Parameters, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

const REQUIRED = {
  a: '{{ event.payload.a }}',
  r: '{{ event.payload.r }}',
  note: 'a is <{{ event.payload.a }}>',
};

/**
 * Posts an event and waits for the given end. Returns the parameters of the process and the number
 * of processes.
 */
const outcomeOf = async (ctx: Context, label: string, goal: 'completed' | 'failed', payload: Parameters) => {
  const hook = await ctx.webhookRule({
    action: 'echo-required',
    actionParams: { ...ctx.ledgerInput(label), ...REQUIRED },
  });
  await hook.post(payload);
  const ended = await onlyExecutionOf(ctx, hook, goal);
  return { given: goal === 'completed' ? givenParameters(ended) : null, processes: runsOf(ctx, label) };
};

const REJECTED = { given: null, processes: 0 };

claim('T2.4e', NEEDS, 'a missing path has one defined result, also when it is required', async (ctx) => {
  await ctx.pack('e2e');
  const { missingValue, requiredNull } = ctx.facts.choices;
  const [first, second] = [missingValue === 'null', requiredNull === 'run'];

  const missing = await outcomeOf(ctx, 'first', first ? 'completed' : 'failed', { r: ctx.nonce });
  const required = await outcomeOf(ctx, 'second', second ? 'completed' : 'failed', { a: 'here' });

  const ranOnce = (given: Parameters) => ({ given, processes: 1 });
  expect(missing).toEqual(first ? ranOnce({ a: null, r: ctx.nonce, note: 'a is <>' }) : REJECTED);
  expect(required).toEqual(second ? ranOnce({ a: 'here', r: null, note: 'a is <here>' }) : REJECTED);
  if (!ctx.canProve('templates.filters')) return;
  const x = '{{ parameters.nothing | default("instead") }}';
  const id = await startWorkflow(ctx, [task(ctx, 'W', 'echo-params', { x })]);
  await waitForStatus(ctx, id);
  expect(givenParameters(await childOf(ctx, id, 'W'))).toEqual({ x: 'instead' });
});

/**
 * By declared policy: the error message for a task T that cannot be rendered, and the numbers of
 * its processes, of U and of R.
 */
const STOP_OF_INVALID_TEMPLATE = {
  creation: async (ctx: Context, tasks: Task[]) => {
    const rejection: unknown = await ctx.workflow(tasks).catch((error: unknown) => error);
    return { message: String(rejection), processes: runCounts(ctx, 'T', 'U', 'R') };
  },
  run: async (ctx: Context, tasks: Task[]) => {
    const root = await until(executionToBe('failed', ctx.client, await startWorkflow(ctx, tasks)), ctx.deadline);
    const child = await childOf(ctx, root.id, 'T');
    expect(root.result).toMatchObject({ error: expect.stringMatching(/2 task\(s\) failed: (T, U|U, T)$/) as string });
    return {
      message: JSON.stringify([root.result, child.result]),
      processes: runCounts(ctx, 'T', 'U', 'R'),
    };
  },
};

const NO_PROCESSES = { T: 0, U: 0, R: 0 };

claim('T2.4g', NEEDS, 'an invalid expression fails its task; an unclosed one is plain text', async (ctx) => {
  await ctx.pack('e2e');
  const texts = { unclosed: 'from {{ here on', value: '{{ 6 * 7 }}' };

  const stopOfTask = await STOP_OF_INVALID_TEMPLATE[ctx.facts.choices.templateCheck](ctx, [
    task(ctx, 'T', 'echo-params', { x: '{{ no_such(1) }}' }, onFailure('R')),
    { ...task(ctx, 'U', 'append-ledger'), when: '{{ no_such(2) }}' },
    task(ctx, 'R', 'append-ledger'),
  ]);
  const id = await startWorkflow(ctx, [task(ctx, 'T', 'echo-params', texts)], { name: 'good' });
  await waitForStatus(ctx, id);

  expect(stopOfTask).toEqual({ message: expect.stringMatching(/T\b.*no_such/s), processes: NO_PROCESSES });
  expect(givenParameters(await childOf(ctx, id, 'T'))).toEqual({ unclosed: 'from {{ here on', value: 42 });
});

claim('T2.4h', NEEDS, 'operators, functions and mixed text give the defined values', async (ctx) => {
  await ctx.pack('e2e');
  const values = { ...EXPRESSION_VALUES, ...(ctx.canProve('templates.filters') && FILTER_VALUES) };
  const templates = Object.fromEntries(Object.keys(values).map((expression) => [expression, `{{ ${expression} }}`]));
  const rendered = { ...MIXED_TEXTS, ...(ctx.canProve('templates.filters') && RAW_TEXTS) };
  const texts = Object.fromEntries(Object.keys(rendered).map((text) => [text, text]));
  const tasks = [task(ctx, 'T', 'echo-params', { values: templates, texts })];
  const parameters = EXPRESSION_PARAMETERS;
  const id = await startWorkflow(ctx, tasks, { vars: EXPRESSION_VARIABLES }, { parameters });

  await waitForStatus(ctx, id);

  expect(await paramsOf(ctx, id, 'T')).toEqual({ ...ctx.ledgerInput('T'), values, texts: rendered });
});

claim('T2.4i', NEEDS, 'an expression over the wrong types is an error, not a value', async (ctx) => {
  const omitted = Object.fromEntries(EXPRESSIONS_WITHOUT_VALUE.map((text) => [text, `{{ ${text} }}`]));
  const output_map = { ...omitted, control: '{{ parameters.list[2] }}' };
  const { ref } = await ctx.workflow([{ name: 'T', action: 'core.noop' }], { output_map });

  const { result } = await runToEnd(ctx, ref, EXPRESSION_PARAMETERS);

  const mapped = Object.entries(result as Parameters).filter(([name]) => name === 'control' || name in omitted);
  expect(mapped).toEqual([['control', 'c']]);
});
