// Spec: templates pass exact, typed values or a defined result, and never evaluate data.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { parseInstant } from '../../../helpers/instant';
import { recordedInterval } from '../../../helpers/scenario/intervals';
import {
  EXPRESSION_PARAMETERS,
  EXPRESSION_VALUES,
  EXPRESSION_VARIABLES,
  EXPRESSIONS_WITHOUT_VALUE,
  FILTER_VALUES,
  MIXED_TEXTS,
} from '../../../helpers/fixtures/expression-values';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { echoedParameters } from '../../../helpers/scenario/resources/echoed-parameters';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { onlyChildOfTask, statusByTask } from '../../../helpers/scenario/resources/child-executions';
import { until } from '../../../helpers/scenario/polling';
import {
  onFailure,
  onSuccess,
  task,
  type Parameters as Params,
  type Task,
} from '../../../helpers/scenario/resources/workflow-task';
import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { childOf, paramsOf, runCounts, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

type Ended = Parameters<typeof echoedParameters>[0];

/** The parameters that an echo action received, without the ledger fields. */
const parametersWithoutKey = (execution: Ended) =>
  Object.fromEntries(
    Object.entries(echoedParameters(execution)).filter(([name]) => name !== 'key' && name !== 'ledger'),
  );

/** Posts an event to a rule with these parameters. Returns the rule's one completed execution. */
const executionOfEvent = async (ctx: Context, actionParams: Params, payload: Params, action = 'echo-params') => {
  const { rule, post } = await ctx.webhookRule({
    action,
    actionParams: { ...ctx.ledgerInput('rule'), ...actionParams },
  });
  await post(payload);
  const filter = { rule_ref: rule.ref };
  const [execution] = await until(executionsToBe('completed', 1, ctx.client, filter), ctx.deadline);
  return ctx.client.executions.get(execution!.id);
};

const USER = {
  mail: '{{ event.payload.user.mail }}',
  name: '{{ event.payload.user.name }}',
  greeting: 'Hello {{ event.payload.user.name }} ({{ event.payload.nonce }})',
  constant: 'unchanged',
};

claim('T2.4a', NEEDS, 'event fields arrive in the action resolved and typed', async (ctx) => {
  await ctx.pack('e2e');
  const user = { mail: `${ctx.nonce}@example.org`, name: 'Ada' };

  const execution = await executionOfEvent(ctx, USER, { user, nonce: ctx.nonce });

  const expected = { ...user, greeting: `Hello Ada (${ctx.nonce})`, constant: 'unchanged' };
  expect(parametersWithoutKey(execution)).toEqual(expected);
  expect(execution.config).toEqual({ ...ctx.ledgerInput('rule'), ...expected });
});

const DEEP = {
  integer: '{{ event.payload.a.number }}',
  flag: '{{ event.payload.a.flag }}',
  list: '{{ event.payload.a.list }}',
  object: '{{ event.payload.a.object }}',
  element: '{{ event.payload.a.list.1 }}',
  eleventh: '{{ event.payload.a.many.10 }}',
  five: '{{ event.payload.a.b.c.d.e }}',
  padded: ' {{ event.payload.a.number }}',
  mixed:
    'n={{ event.payload.a.number }} {{ event.payload.a.flag }} {{ event.payload.a.list }}{{ event.payload.a.object }}',
  inside: ['{{ event.payload.a.number }}', { k: ['{{ event.payload.a.flag }}'] }, 'z={{ event.payload.a.zero }}'],
};

claim('T2.4b', NEEDS, 'a deep path keeps the JSON type of its value', async (ctx) => {
  await ctx.pack('e2e');
  const b = { c: { d: { e: `deep ${ctx.nonce}` } } };

  const execution = await executionOfEvent(ctx, DEEP, {
    a: { number: 12345, flag: false, zero: 0, list: ['a', 'b'], object: { k: 1 }, b, many: [...Array(12).keys()] },
  });

  expect(parametersWithoutKey(execution)).toEqual({
    ...{ integer: 12345, flag: false, list: ['a', 'b'], object: { k: 1 }, element: 'b', eleventh: 10 },
    ...{ five: `deep ${ctx.nonce}`, padded: ' 12345', mixed: 'n=12345 false ["a","b"]{"k":1}' },
    inside: [12345, { k: [false] }, 'z=0'],
  });
});

const hashes = (a: string, b: number) => ({ a: sha256OfJson(a), b: sha256OfJson(b) });

claim('T2.4c', [...NEEDS, 'workflows.keystore'], 'a template reads a stored key at run time', async (ctx) => {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const host = (run: string) => `${ctx.nonce}-${run}`;
  const key = { ref: `${pack}.conf`, name: 'conf', owner_type: 'pack' as const, owner_pack_ref: pack };
  await ctx.client.keys.create({ ...key, value: { host: host('first'), port: 5432 } });
  ctx.defer(() => ctx.client.keys.remove(key.ref));
  const input = { secret_a: '{{ keystore.conf.host }}', secret_b: '{{ keystore[parameters.name].port }}' };
  const { ref } = await ctx.workflow([task(ctx, 'T', 'hash-secrets', input)]);
  const run = async () => {
    const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters: { name: 'conf' } });
    return until(executionToBe('completed', ctx.client, id), ctx.deadline);
  };

  const first = await run();
  await ctx.client.keys.update(key.ref, { value: { host: host('second'), port: 5432 } });
  const second = await run();

  const children = [await childOf(ctx, first.id, 'T'), await childOf(ctx, second.id, 'T')];
  expect(children.map(({ result }) => result)).toMatchObject([
    { data: hashes(host('first'), 5432) },
    { data: hashes(host('second'), 5432) },
  ]);
  expect(JSON.stringify([first, second, children])).not.toMatch(new RegExp(`${ctx.nonce}-(?:first|second)`));
});

claim(
  'T2.4d',
  [...NEEDS, 'executions.intervals'],
  'a task uses the result of an earlier, non-adjacent task',
  async (ctx) => {
    await ctx.pack('e2e');
    const document = JSON.stringify({ api: { key: ctx.nonce }, n: 7, list: [1, 2] });
    const names = JSON.stringify({ exit_code: 99, result: { own: ctx.nonce } }); // of the result itself, too
    const templates = {
      found: '{{ task.T1.result.data.api.key }}',
      n: '{{ task.T1.n }}',
      second: '{{ task.T1.data.list[1] }}',
      code: '{{ task.T2.exit_code }}',
      failed: '{{ task.T0.exit_code }}',
      own: '{{ task.T2.result.own }}',
      region: '{{ config.region }}',
      start: '{{ system.workflow_start }}',
    };
    await ctx.client.packs.update(await ctx.ownPack(), { config: { region: 'north' } });
    const id = await startWorkflow(ctx, [
      task(ctx, 'T0', 'exit-with', { code: 7 }, onFailure('T1')),
      task(ctx, 'T1', 'produce-json', { document }, onSuccess('T2')),
      task(ctx, 'T2', 'produce-json', { document: names }, onSuccess('T3')),
      task(ctx, 'T3', 'echo-params', templates),
    ]);

    await until(executionToBe('completed', ctx.client, id), ctx.deadline);

    const children = await ctx.client.executions.children(id);
    const [T0, T1, T2, T3] = ['T0', 'T1', 'T2', 'T3'].map((name) => onlyChildOfTask(name, children));
    expect(statusByTask(children)).toEqual({ T0: 'failed', T1: 'completed', T2: 'completed', T3: 'completed' });
    expectOrder(ctx, [T0!, T1!, T2!, T3!]);
    const { start, ...found } = parametersWithoutKey(await ctx.client.executions.get(T3!.id));
    const own = ctx.nonce;
    expect(found).toEqual({ found: ctx.nonce, n: 7, second: 2, code: 0, failed: 7, own, region: 'north' });
    expect(parseInstant(start as string)).toBeLessThanOrEqual(recordedInterval(T0!).start);
    expect(runsOf(ctx, 'T3')).toBe(1);
  },
);

const REQUIRED = {
  a: '{{ event.payload.a }}',
  r: '{{ event.payload.r }}',
  note: 'a is <{{ event.payload.a }}>',
};

/**
 * Posts an event and waits for the given end. Returns the parameters of the process and the number
 * of processes.
 */
const outcomeOf = async (ctx: Context, label: string, goal: 'completed' | 'failed', payload: Params) => {
  const actionParams = { ...ctx.ledgerInput(label), ...REQUIRED };
  const { rule, post } = await ctx.webhookRule({ action: 'echo-required', actionParams });
  await post(payload);
  const [execution] = await until(executionsToBe(goal, 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const ended = await ctx.client.executions.get(execution!.id);
  return {
    given: goal === 'completed' ? parametersWithoutKey(ended) : null,
    processes: runsOf(ctx, label),
  };
};

const REJECTED = { given: null, processes: 0 };

claim('T2.4e', NEEDS, 'a missing path has one defined result, also when it is required', async (ctx) => {
  await ctx.pack('e2e');
  const { missingValue, requiredNull } = ctx.facts.choices;
  const [first, second] = [missingValue === 'null', requiredNull === 'run'];

  const missing = await outcomeOf(ctx, 'first', first ? 'completed' : 'failed', { r: ctx.nonce });
  const required = await outcomeOf(ctx, 'second', second ? 'completed' : 'failed', { a: 'here' });

  const ranOnce = (given: Params) => ({ given, processes: 1 });
  expect(missing).toEqual(first ? ranOnce({ a: null, r: ctx.nonce, note: 'a is <>' }) : REJECTED);
  expect(required).toEqual(second ? ranOnce({ a: 'here', r: null, note: 'a is <here>' }) : REJECTED);
  if (!ctx.canProve('templates.filters')) return;
  const id = await startWorkflow(ctx, [
    task(ctx, 'W', 'echo-params', { x: '{{ parameters.nothing | default("instead") }}' }),
  ]);
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  expect(parametersWithoutKey(await childOf(ctx, id, 'W'))).toEqual({ x: 'instead' });
});

claim('T2.4f', [...NEEDS, 'keys.encryption'], 'template text inside data is delivered, not evaluated', async (ctx) => {
  await ctx.pack('e2e');
  const pack = await ctx.ownPack();
  const secret = `${ctx.nonce}-secret`;
  const key = { ref: `${pack}.vault`, name: 'vault', owner_type: 'pack' as const, owner_pack_ref: pack };
  await ctx.client.keys.create({ ...key, value: secret, encrypted: true });
  ctx.defer(() => ctx.client.keys.remove(key.ref));
  const publish = { when: '{{ succeeded() }}', publish: [{ seen: '{{ parameters.text }}' }] };
  const tasks = [task(ctx, 'T', 'echo-params', { text: '{{ parameters.text }}' }, publish)];
  const { ref: action } = await ctx.workflow(tasks, { output_map: { seen: '{{ workflow.seen }}' } });
  const text = 'a {{ keystore.vault }} {{ 7 * 7 }} {% set x = 1 %} ${7*7}';
  const { rule, post } = await ctx.webhookRule({ action, actionParams: { text: '{{ event.payload.text }}' } });

  await post({ text });

  const roots = { rule_ref: rule.ref, top_level_only: true };
  const [root] = await until(executionsToBe('completed', 1, ctx.client, roots), ctx.deadline);
  const child = await childOf(ctx, root!.id, 'T');
  expect(await ctx.client.executions.get(root!.id)).toMatchObject({ config: { text }, result: { seen: text } });
  expect(child.config).toEqual({ ...ctx.ledgerInput('T'), text });
  expect(parametersWithoutKey(child)).toMatchObject({ text });
  expect(JSON.stringify(child)).not.toContain(secret);
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
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(stopOfTask).toEqual({ message: expect.stringMatching(/T\b.*no_such/s), processes: NO_PROCESSES });
  expect(parametersWithoutKey(await childOf(ctx, id, 'T'))).toEqual({ unclosed: 'from {{ here on', value: 42 });
});

claim('T2.4h', NEEDS, 'operators, functions and mixed text give the defined values', async (ctx) => {
  await ctx.pack('e2e');
  const values = { ...EXPRESSION_VALUES, ...(ctx.canProve('templates.filters') && FILTER_VALUES) };
  const templates = Object.fromEntries(Object.keys(values).map((expression) => [expression, `{{ ${expression} }}`]));
  const texts = Object.fromEntries(Object.keys(MIXED_TEXTS).map((text) => [text, text]));
  const id = await startWorkflow(
    ctx,
    [task(ctx, 'T', 'echo-params', { values: templates, texts })],
    { vars: EXPRESSION_VARIABLES },
    { parameters: EXPRESSION_PARAMETERS },
  );

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(await paramsOf(ctx, id, 'T')).toEqual({ ...ctx.ledgerInput('T'), values, texts: MIXED_TEXTS });
});

claim('T2.4i', NEEDS, 'an expression over the wrong types is an error, not a value', async (ctx) => {
  const omitted = Object.fromEntries(EXPRESSIONS_WITHOUT_VALUE.map((text) => [text, `{{ ${text} }}`]));
  const id = await startWorkflow(
    ctx,
    [{ name: 'T', action: 'core.noop' }],
    { output_map: { ...omitted, control: '{{ parameters.list[2] }}' } },
    { parameters: EXPRESSION_PARAMETERS },
  );
  const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const mapped = Object.entries(result as Params).filter(([name]) => name === 'control' || name in omitted);
  expect(mapped).toEqual([['control', 'c']]);
});
