// Spec: a value arrives unchanged, with its JSON type, on every path that a value can take.
import { HARD_CONSTANTS, HARD_VALUES, valueTemplates } from '../../../helpers/fixtures/hard-values';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { encodeTask, receivedByTask, receivedJson } from '../../../helpers/scenario/resources/encoded-input';
import { onlyExecutionOf, runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { onSuccess, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

claim.concurrent('T2.15a', NEEDS, 'inputs, published variables and the output map keep each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const publish = {
    when: '{{ succeeded() }}',
    publish: [valueTemplates('parameters'), { gone: null }],
    do: ['published'],
  };
  const tasks = [
    encodeTask(ctx, 'given', valueTemplates('parameters'), publish),
    encodeTask(ctx, 'published', { ...valueTemplates('workflow'), gone: '{{ workflow.gone }}' }),
    encodeTask(ctx, 'initial', { values: '{{ workflow.initial }}' }),
  ];
  const { ref } = await ctx.workflow(tasks, { vars: { initial: HARD_VALUES }, output_map: valueTemplates('workflow') });

  const { id, result } = await runToEnd(ctx, ref, HARD_VALUES);

  expect(await receivedByTask(ctx, id, 'given')).toStrictEqual(HARD_VALUES);
  expect(await receivedByTask(ctx, id, 'published')).toStrictEqual({ ...HARD_VALUES, gone: null });
  expect(await receivedByTask(ctx, id, 'initial')).toStrictEqual({ values: HARD_VALUES });
  expect(result).toStrictEqual({ ...HARD_VALUES, succeeded: true });
});

claim.concurrent('T2.15b', NEEDS, 'an event and the parameters of its rule keep each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const actionParams = { constant: HARD_CONSTANTS, whole: '{{ event.payload }}', ...valueTemplates('event.payload') };
  const hook = await ctx.webhookRule({ action: 'encode-stdin-json', actionParams });

  const { event_id: event } = await hook.post(HARD_VALUES);
  const ended = await onlyExecutionOf(ctx, hook);

  expect((await ctx.client.events.get(event)).payload).toStrictEqual(HARD_VALUES);
  const expected = { constant: HARD_CONSTANTS, whole: HARD_VALUES, ...HARD_VALUES };
  expect(ended.config).toStrictEqual(expected);
  expect(receivedJson(ended)).toStrictEqual(expected);
});

claim.concurrent('T2.15c', [...NEEDS, 'workflows.with_items'], 'a list of items keeps each value', async (ctx) => {
  await ctx.pack('e2e-values');
  const list = Object.values(HARD_VALUES);
  const each = encodeTask(ctx, 'each', { item: '{{ item }}' }, onSuccess('after'));
  const after = encodeTask(ctx, 'after', { items: '{{ task.each.items }}' });
  const { ref } = await ctx.workflow([{ ...each, with_items: '{{ parameters.list }}', concurrency: 5 }, after]);

  const { id } = await runToEnd(ctx, ref, { list });

  const { items } = (await receivedByTask(ctx, id, 'after')) as { items: { stdout: string }[] };
  const decoded = items.map(({ stdout }) => JSON.parse(Buffer.from(stdout, 'base64').toString()) as unknown);
  expect(decoded).toStrictEqual(list.map((item) => ({ item })));
});

const DECLARED = {
  missing: { type: 'string', default: 'by default' },
  empty: { type: 'array', default: [1, { a: 2 }] },
  zero: { type: 'integer', default: 7 },
  no: { type: 'boolean', default: true },
};

/** A workflow of this task for each form in which parameters are declared. Returns the refs. */
const createDeclaring = async (ctx: Context, tasks: Task[]): Promise<string[]> => {
  const schemas = [DECLARED, { type: 'object', properties: DECLARED }];
  const declarations = [{ parameters: DECLARED }, ...schemas.map((param_schema) => ({ param_schema }))];
  const workflows = declarations.map((parts, n) => ctx.workflow(tasks, { name: `flow${n}`, ...parts }));
  return (await Promise.all(workflows)).map(({ ref }) => ref);
};

claim.concurrent('T2.15j', NEEDS, 'a parameter of a workflow that is missing or null has its default', async (ctx) => {
  await ctx.pack('e2e-values');
  const refs = await createDeclaring(ctx, [encodeTask(ctx, 'T', valueTemplates('parameters', DECLARED))]);
  const parameters = { empty: null, zero: 0, no: false };

  const roots = await Promise.all(refs.map((ref) => runToEnd(ctx, ref, parameters)));

  const received = { ...parameters, missing: 'by default', empty: [1, { a: 2 }] };
  for (const { id } of roots) expect(await receivedByTask(ctx, id, 'T')).toStrictEqual(received);
  expect(roots.map(({ config }) => config)).toEqual(Array(3).fill(parameters)); // as requested
});
