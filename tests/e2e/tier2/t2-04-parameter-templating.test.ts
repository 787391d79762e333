// Spec: templates hand exact, typed values to an action, or a defined result where they cannot, and never evaluate data.
import { createHash } from 'node:crypto';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { echoed } from '../../../helpers/echoed';
import { executionsToBe } from '../../../helpers/event-conditions';
import { IN_BOTH_CLOCKS, precedes } from '../../../helpers/intervals';
import { only, statusByTask } from '../../../helpers/lineage';
import { until } from '../../../helpers/polling';
import { onSuccess, task, type Parameters as Params, type Task, type WorkflowParts } from '../../../helpers/workflow';

const NEEDS = ['core', 'ledger.shared'];

type Ended = Parameters<typeof echoed>[0];

/** What an echo says it was given, its signature aside. */
const received = (execution: Ended) =>
  Object.fromEntries(Object.entries(echoed(execution)).filter(([name]) => name !== 'key' && name !== 'ledger'));

/** Posts to a rule with these parameters; its one execution, ended `completed`. */
const fired = async (ctx: Context, actionParams: Params, payload: Params, action = 'echo-params') => {
  const { rule, post } = await ctx.webhookRule({ action, actionParams: { ...ctx.signed('rule'), ...actionParams } });
  await post(payload);
  const filter = { rule_ref: rule.ref };
  const [execution] = await until(executionsToBe('completed', 1, ctx.client, filter), ctx.deadline);
  return ctx.client.executions.get(execution!.id);
};

const start = async (ctx: Context, tasks: Task[], parts?: WorkflowParts): Promise<number> => {
  const { ref } = await ctx.workflow(tasks, parts);
  return (await ctx.client.executions.execute({ action_ref: ref })).id;
};

/** The end of the one child that a finished workflow had for a task. */
const childOf = async (ctx: Context, id: number, name: string) =>
  ctx.client.executions.get(only(name, await ctx.client.executions.children(id)).id);

const USER = {
  mail: '{{ event.payload.user.mail }}',
  name: '{{ event.payload.user.name }}',
  greeting: 'Hello {{ event.payload.user.name }} ({{ event.payload.nonce }})',
  constant: 'as it is',
};

claim('T2.4a', NEEDS, 'fields of an event arrive resolved and typed', async (ctx) => {
  await ctx.pack('e2e');
  const user = { mail: `${ctx.nonce}@example.org`, name: 'Ada' };

  const execution = await fired(ctx, USER, { user, nonce: ctx.nonce });

  const expected = { ...user, greeting: `Hello Ada (${ctx.nonce})`, constant: 'as it is' };
  expect(received(execution)).toEqual(expected);
  expect(execution.config).toEqual({ ...ctx.signed('rule'), ...expected });
});

const DEEP = {
  integer: '{{ event.payload.a.number }}',
  flag: '{{ event.payload.a.flag }}',
  list: '{{ event.payload.a.list }}',
  object: '{{ event.payload.a.object }}',
  element: '{{ event.payload.a.list.1 }}',
  five: '{{ event.payload.a.b.c.d.e }}',
  mixed: 'n={{ event.payload.a.number }} {{ event.payload.a.flag }}',
};

claim('T2.4b', NEEDS, 'deep paths keep the type of what they point at', async (ctx) => {
  await ctx.pack('e2e');
  const b = { c: { d: { e: `deep ${ctx.nonce}` } } };

  const execution = await fired(ctx, DEEP, {
    a: { number: 12345, flag: false, list: ['a', 'b'], object: { k: 1 }, b },
  });

  expect(received(execution)).toEqual({
    ...{ integer: 12345, flag: false, list: ['a', 'b'], object: { k: 1 }, element: 'b' },
    ...{ five: `deep ${ctx.nonce}`, mixed: 'n=12345 false' },
  });
});

const hashes = (a: string, b: number) => ({ a: sha256(JSON.stringify(a)), b: sha256(JSON.stringify(b)) });
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

claim('T2.4c', [...NEEDS, 'workflows.keystore'], 'a template reads a stored key when it runs', async (ctx) => {
  const pack = await ctx.pack('e2e');
  const host = (turn: string) => `${ctx.nonce}-${turn}`;
  const key = { ref: `${pack.ref}.conf`, name: 'conf', owner_type: 'pack' as const, owner_pack_ref: pack.ref };
  await ctx.client.keys.create({ ...key, value: { host: host('first'), port: 5432 } });
  ctx.defer(() => ctx.client.keys.remove(key.ref));
  const input = { secret_a: '{{ keystore.conf.host }}', secret_b: '{{ keystore.conf.port }}' };
  const { ref } = await ctx.workflow([task(ctx, 'T', 'hash-secrets', input)]);
  const run = async () => {
    const { id } = await ctx.client.executions.execute({ action_ref: ref });
    return until(executionToBe('completed', ctx.client, id), ctx.deadline);
  };

  const first = await run();
  await ctx.client.keys.update(key.ref, { value: { host: host('second'), port: 5432 } });
  const second = await run();

  expect([first.config, second.config]).toEqual([null, null]);
  const children = [await childOf(ctx, first.id, 'T'), await childOf(ctx, second.id, 'T')];
  expect(children.map(({ result }) => result)).toMatchObject([
    { data: hashes(host('first'), 5432) },
    { data: hashes(host('second'), 5432) },
  ]);
  expect(JSON.stringify([first, second, children])).not.toMatch(new RegExp(`${ctx.nonce}-(?:first|second)`));
});

claim('T2.4d', [...NEEDS, 'executions.intervals'], 'a later task uses a result across a gap', async (ctx) => {
  await ctx.pack('e2e');
  const document = { api: { key: ctx.nonce }, n: 7, list: [1, 2] };
  const taken = {
    found: '{{ task.T1.result.data.api.key }}',
    n: '{{ task.T1.n }}',
    second: '{{ task.T1.data.list[1] }}',
  };
  const id = await start(ctx, [
    { ...task(ctx, 'T1', 'produce-json', {}, onSuccess('T2')), input: { document, ...ctx.signed('T1') } },
    task(ctx, 'T2', 'append-ledger', {}, onSuccess('T3')),
    task(ctx, 'T3', 'echo-params', taken),
  ]);

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const children = await ctx.client.executions.children(id);
  const [T1, T2, T3] = ['T1', 'T2', 'T3'].map((name) => only(name, children));
  expect(statusByTask(children)).toEqual({ T1: 'completed', T2: 'completed', T3: 'completed' });
  expect([precedes(T1!, T2!, ctx.ledger), precedes(T2!, T3!, ctx.ledger)]).toEqual([IN_BOTH_CLOCKS, IN_BOTH_CLOCKS]);
  expect(received(await ctx.client.executions.get(T3!.id))).toEqual({ found: ctx.nonce, n: 7, second: 2 });
  expect(ctx.ledger.count(ctx.signed('T3').key)).toBe(1);
});

const REQUIRED = {
  a: '{{ event.payload.a }}',
  r: '{{ event.payload.r }}',
  note: 'a is <{{ event.payload.a }}>',
};

/** How its one execution ends, what its process was given, and how many processes there were. */
const outcomeOf = async (ctx: Context, label: string, goal: 'completed' | 'failed', payload: Params) => {
  const actionParams = { ...ctx.signed(label), ...REQUIRED };
  const { rule, post } = await ctx.webhookRule({ action: 'echo-required', actionParams });
  await post(payload);
  const [execution] = await until(executionsToBe(goal, 1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const ended = await ctx.client.executions.get(execution!.id);
  return { given: goal === 'completed' ? received(ended) : null, processes: ctx.ledger.count(ctx.signed(label).key) };
};

const REFUSED = { given: null, processes: 0 };

claim('T2.4e', NEEDS, 'a missing path has one defined result, also for a required parameter', async (ctx) => {
  await ctx.pack('e2e');
  const { missingValue, requiredNull } = ctx.facts.choices;
  const [first, second] = [missingValue === 'null', requiredNull === 'run'];

  const missing = await outcomeOf(ctx, 'first', first ? 'completed' : 'failed', { r: ctx.nonce });
  const required = await outcomeOf(ctx, 'second', second ? 'completed' : 'failed', { a: 'here' });

  const ran = (given: Params) => ({ given, processes: 1 });
  expect(missing).toEqual(first ? ran({ a: null, r: ctx.nonce, note: 'a is <>' }) : REFUSED);
  expect(required).toEqual(second ? ran({ a: 'here', r: null, note: 'a is <here>' }) : REFUSED);
  if (!ctx.needs('templates.filters')) return;
  const id = await start(ctx, [task(ctx, 'W', 'echo-params', { x: '{{ parameters.nothing | default("instead") }}' })]);
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  expect(received(await childOf(ctx, id, 'W'))).toEqual({ x: 'instead' });
});

claim('T2.4f', NEEDS, 'template text inside data is delivered, not evaluated', async (ctx) => {
  const pack = await ctx.pack('e2e');
  const secret = `${ctx.nonce}-secret`;
  const key = { ref: `${pack.ref}.vault`, name: 'vault', owner_type: 'pack' as const, owner_pack_ref: pack.ref };
  await ctx.client.keys.create({ ...key, value: secret, encrypted: true });
  ctx.defer(() => ctx.client.keys.remove(key.ref));
  await ctx.workflow([task(ctx, 'T', 'echo-params', { text: '{{ parameters.text }}' })]);
  const text = 'a {{ keystore.vault }} {{ 7 * 7 }} {% set x = 1 %} ${7*7}';
  const { rule, post } = await ctx.webhookRule({ action: 'flow', actionParams: { text: '{{ event.payload.text }}' } });

  await post({ text });

  const roots = { rule_ref: rule.ref, top_level_only: true };
  const [root] = await until(executionsToBe('completed', 1, ctx.client, roots), ctx.deadline);
  const child = await childOf(ctx, root!.id, 'T');
  expect((await ctx.client.executions.get(root!.id)).config).toEqual({ text });
  expect(child.config).toEqual({ ...ctx.signed('T'), text });
  expect(received(child)).toMatchObject({ text });
  expect(JSON.stringify(child)).not.toContain(secret);
});

/** What stops a workflow whose task T cannot be rendered: what says so, and how many processes there were. */
const STOPPED = {
  creation: async (ctx: Context, tasks: Task[]) => {
    const refusal: unknown = await ctx.workflow(tasks).catch((error: unknown) => error);
    return { said: String(refusal), processes: ctx.ledger.count(ctx.signed('T').key) };
  },
  run: async (ctx: Context, tasks: Task[]) => {
    const root = await until(executionToBe('failed', ctx.client, await start(ctx, tasks)), ctx.deadline);
    const child = await childOf(ctx, root.id, 'T');
    return { said: JSON.stringify([root.result, child.result]), processes: ctx.ledger.count(ctx.signed('T').key) };
  },
};

claim('T2.4g', NEEDS, 'an invalid expression stops its task with a reason, an unclosed one is text', async (ctx) => {
  await ctx.pack('e2e');
  const texts = { unclosed: 'from {{ here on', value: '{{ 6 * 7 }}' };

  const stopped = await STOPPED[ctx.facts.choices.templateCheck](ctx, [
    task(ctx, 'T', 'echo-params', { x: '{{ no_such(1) }}' }),
  ]);
  const id = await start(ctx, [task(ctx, 'T', 'echo-params', texts)], { name: 'good' });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expect(stopped).toEqual({ said: expect.stringMatching(/T\b.*no_such/s), processes: 0 });
  expect(received(await childOf(ctx, id, 'T'))).toEqual({ unclosed: 'from {{ here on', value: 42 });
});
