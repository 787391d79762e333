// Spec: inputs have an envelope and a schema, and reach the templates unchanged.
import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../../helpers/scenario/context';
import { until } from '../../../../helpers/scenario/polling';
import { childOf, countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import type { AnyTask, Parameters, Task } from '../../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workflows.revisions');

const PARAMETERS: Parameters = {
  count: { type: 'integer', required: true },
  names: { type: 'array', items: { type: 'string' } },
  options: { type: 'object' },
};

const ONLY: AnyTask[] = [{ name: 'only', action: 'core.noop' }];

/** A workflow whose output is everything that it got. */
const echoing = (ctx: Context) =>
  ctx.workflow(ONLY, {
    param_schema: PARAMETERS,
    vars: { region: 'none' },
    output_map: {
      count: '{{ parameters.count }}',
      names: '{{ parameters.names }}',
      options: '{{ parameters.options }}',
      region: '{{ vars.region }}',
    },
  });

/** Requests a strict run with these inputs, whatever their shape. */
const executeWith = ({ client }: Context, ref: string, inputs: Parameters) =>
  client.workflows.execute(ref, inputs as { data: Parameters });

test('S0-26 inputs without data are refused, and nothing is stored', async (ctx) => {
  const { ref } = await echoing(ctx);

  await expect(executeWith(ctx, ref, { word: 'x' })).rejects.toMatchObject({
    status: 422,
    code: 'INPUT_ENVELOPE_INVALID',
    body: { details: { path: '/inputs', hint: expect.stringContaining('{"inputs": {"data"') as string } },
  });

  expect(await countExecutions(ctx, ref)).toBe(0);
});

test('S0-26 a name besides data and variables is refused', async (ctx) => {
  const { ref } = await echoing(ctx);

  await expect(executeWith(ctx, ref, { data: { count: 1 }, vars: {} })).rejects.toMatchObject({
    code: 'INPUT_ENVELOPE_INVALID',
    body: { details: { path: '/inputs/vars' } },
  });
});

test('S0-27 data and variables reach the templates with their types', async (ctx) => {
  const { ref } = await echoing(ctx);
  const data = { count: 3, names: ['a', '{{ 1 + 1 }}'], options: { deep: { list: [1, 2.5, null, true] } } };
  const variables = { region: '{{ parameters.count }}' };

  const { id } = await ctx.client.workflows.execute(ref, { data, variables });

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const { result, config } = await ctx.client.executions.get(id);
  expect(result).toEqual({ ...data, ...variables, succeeded: true });
  expect(config).toEqual(data);
});

test('S0-27 variables that are left out have the values of the definition', async (ctx) => {
  const { ref } = await echoing(ctx);

  const { id } = await ctx.client.workflows.execute(ref, { data: { count: 1, names: [], options: {} } });

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  expect((await ctx.client.executions.get(id)).result).toMatchObject({ count: 1, region: 'none' });
});

test('S0-29 inputs that violate the schema are refused with all their places', async (ctx) => {
  const { ref } = await echoing(ctx);

  await expect(executeWith(ctx, ref, { data: { count: 'three', names: ['a', 1] } })).rejects.toMatchObject({
    status: 422,
    code: 'INPUT_SCHEMA_VIOLATION',
    body: {
      details: {
        errors: [
          { path: '/inputs/data/count', message: 'must be integer' },
          { path: '/inputs/data/names/1', message: 'must be string' },
        ],
      },
    },
  });

  expect(await countExecutions(ctx, ref)).toBe(0);
});

test('S0-29 a variable that the workflow does not declare is refused', async (ctx) => {
  const { ref } = await echoing(ctx);

  await expect(executeWith(ctx, ref, { data: { count: 1 }, variables: { regoin: 'x' } })).rejects.toMatchObject({
    code: 'INPUT_SCHEMA_VIOLATION',
    body: { details: { errors: [{ path: '/inputs/variables/regoin' }] } },
  });

  expect(await countExecutions(ctx, ref)).toBe(0);
});

test('S3-17 a missing input is refused by name, and nothing is stored', async (ctx) => {
  const { ref } = await echoing(ctx);

  await expect(executeWith(ctx, ref, { data: {} })).rejects.toMatchObject({
    status: 422,
    code: 'INPUT_REQUIRED',
    body: { details: { path: '/inputs/data/count', errors: [{ path: '/inputs/data/count' }] } },
  });

  expect(await countExecutions(ctx, ref)).toBe(0);
});

const reader = (ctx: Context, parts: Partial<Task> = {}) =>
  ctx.workflow([{ name: 'only', action: 'core.echo', input: { message: '{{ parameters.missing.deep }}' }, ...parts }]);

test('S0-28 a reference to a missing key fails with its expression', async (ctx) => {
  const { ref } = await reader(ctx);

  const { id } = await ctx.client.workflows.execute(ref, { data: {} });

  await until(executionToBe('failed', ctx.client, id), ctx.deadline);
  const failures = (await until(logToEnd(ctx.client, id), ctx.deadline)).filter(({ type }) => type === 'STEP_FAILED');
  expect(failures.map(({ payload }) => payload)).toEqual([
    {
      code: 'TEMPLATE_NAME',
      error: 'Variable not found: parameters.missing (column 12 of parameters.missing.deep)',
      task: 'only',
    },
  ]);
});

test('S0-28 a condition on the key guards the reference', async (ctx) => {
  const { ref } = await reader(ctx, { when: "{{ 'missing' in parameters }}" });

  const without = await ctx.client.workflows.execute(ref, { data: {} });
  const given = await ctx.client.workflows.execute(ref, { data: { missing: { deep: 'here' } } });

  await until(executionToBe('completed', ctx.client, without.id), ctx.deadline);
  await until(executionToBe('completed', ctx.client, given.id), ctx.deadline);
  expect(await ctx.client.executions.children(without.id)).toEqual([]);
  expect((await childOf(ctx, given.id, 'only')).result).toMatchObject({ stdout: 'here' });
});
