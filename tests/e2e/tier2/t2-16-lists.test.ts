// Spec: each filter and page of a list holds exactly the rows that it names, in the stated order.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { expectFilters, idsOf, type Case } from '../../../helpers/scenario/resources/list-filters';
import { createComponents, runActionOfNewPack } from '../../../helpers/scenario/resources/components';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { task } from '../../../helpers/scenario/resources/workflow-task';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['core', 'ledger.shared'];

/**
 * Two triggers: the rules `failing` and `echoing` share the first one, and `echoing` and `other`
 * share an action. Two events of the first trigger, one of the second.
 */
const createEvents = async (ctx: Context) => {
  const pack = (await ctx.ownCopy('e2e')).ref;
  const first = await ctx.webhookRule({ action: 'echo-params', actionParams: ctx.ledgerInput('first') });
  const { ref: failing } = await ctx.client.rules.create({
    ...{ ref: `${pack}.failing`, pack_ref: pack, label: 'failing', trigger_ref: first.trigger.ref },
    ...{ action_ref: ctx.action('exit-with'), action_params: { ...ctx.ledgerInput('failing'), code: 3 } },
  });
  ctx.defer(() => ctx.client.rules.remove(failing));
  const second = await secondHook(ctx, pack);
  await runActionOfNewPack(ctx, `${pack}_more`); // a ref that begins with that of the pack
  const events = [await first.post({ n: 1 }), await first.post({ n: 2 }), await second.post()];
  await until(executionsToBe('completed', 2, ctx.client, { rule_ref: first.rule.ref }), ctx.deadline);
  await until(executionsToBe('failed', 2, ctx.client, { rule_ref: failing }), ctx.deadline);
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: second.rule }), ctx.deadline);
  const rules = { echoing: first.rule.ref, failing, other: second.rule };
  const triggers = { first: first.trigger.ref, second: second.trigger };
  return { pack, rules, triggers, events: events.map(({ event_id: id }) => id) };
};

const secondHook = async (ctx: Context, pack: string) => {
  const { triggers, rules, webhooks } = ctx.client;
  const trigger = `${pack}.second`;
  await triggers.create({ ref: trigger, pack_ref: pack, label: 'second' });
  ctx.defer(() => triggers.remove(trigger));
  const { webhook_key: key } = await triggers.enableWebhook(trigger);
  const rule = `${pack}.other`;
  await rules.create({
    ...{ ref: rule, pack_ref: pack, label: 'other', trigger_ref: trigger },
    ...{ action_ref: ctx.action('echo-params'), action_params: ctx.ledgerInput('other') },
  });
  ctx.defer(() => rules.remove(rule));
  return { trigger, rule, post: () => webhooks.post(key!, {}) };
};

/** Runs a workflow of the pack with one task to its end. Returns the id of its execution. */
const runWorkflow = async (ctx: Context): Promise<number> => {
  const id = await startWorkflow(ctx, [task(ctx, 'inner', 'echo-params')]);
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  return id;
};

const executionsOf = async ({ client }: Context, pack: string) => {
  const listed = await client.executions.list({ pack_name: pack });
  return Promise.all(listed.map(({ id }) => client.executions.get(id)));
};

const enforcementsOf = async ({ client }: Context, rules: readonly string[]) => {
  const lists = await Promise.all(rules.map((rule_ref) => client.enforcements.list({ rule_ref })));
  return Promise.all(lists.flat().map(({ id }) => client.enforcements.get(id)));
};

claim('T2.16a', NEEDS, 'each filter of events, enforcements and executions keeps its rows', async (ctx) => {
  const { pack, rules, triggers, events } = await createEvents(ctx);
  const { client } = ctx;
  const root = await runWorkflow(ctx);
  const enforced = await enforcementsOf(ctx, Object.values(rules));
  const executions = await executionsOf(ctx, pack);
  const ruleOf = new Map(enforced.map(({ id, rule_ref }) => [id, rule_ref]));
  const isOf = (rule: string) => (row: (typeof executions)[number]) => ruleOf.get(row.enforcement ?? 0) === rule;
  const eventRows = events.map((id, n) => ({ id, trigger: n < 2 ? triggers.first : triggers.second }));
  const oneOf = enforced[0]!;

  expect(enforced.map(({ event, rule_ref }) => [event, rule_ref]).sort()).toEqual(
    [
      ...events.slice(0, 2).flatMap((event) => [rules.echoing, rules.failing].map((rule) => [event, rule])),
      [events[2], rules.other],
    ].sort(),
  );
  // the workflow and its task have none
  expect(executions.map(({ enforcement }) => enforcement ?? 0).sort()).toEqual([0, 0, ...idsOf(enforced)].sort());
  await expectFilters(client.events.list, eventRows, [
    [{ trigger_ref: triggers.first }, ({ trigger }) => trigger === triggers.first],
    [{ trigger_ref: triggers.second }, ({ trigger }) => trigger === triggers.second],
  ]);
  await expectFilters(client.enforcements.list, enforced, [
    [{ rule_ref: rules.failing }, ({ rule_ref }) => rule_ref === rules.failing],
    [{ rule: oneOf.rule! }, ({ rule }) => rule === oneOf.rule],
    [{ event: events[0]! }, ({ event }) => event === events[0]],
    [{ trigger_ref: triggers.first }, ({ trigger_ref }) => trigger_ref === triggers.first],
    [
      { event: events[1]!, rule_ref: rules.echoing },
      (row) => row.event === events[1] && row.rule_ref === rules.echoing,
    ],
  ]);
  expect(await client.enforcements.list({ rule_ref: rules.failing, status: 'disabled' })).toEqual([]);
  await expectFilters(client.executions.list, executions, [
    [{ rule_ref: rules.echoing }, isOf(rules.echoing)],
    [{ trigger_ref: triggers.first }, (row) => isOf(rules.echoing)(row) || isOf(rules.failing)(row)],
    [{ pack_name: pack, status: 'failed' }, ({ status }) => status === 'failed'],
    [{ action_ref: ctx.action('echo-params') }, ({ action_ref }) => action_ref === ctx.action('echo-params')],
    [{ action_ref: `${pack}.exit*` }, ({ action_ref }) => action_ref === ctx.action('exit-with')],
    [{ enforcement: oneOf.id }, ({ enforcement }) => enforcement === oneOf.id],
    [{ parent: root }, ({ parent }) => parent === root],
    [{ pack_name: pack, top_level_only: true }, ({ parent }) => parent === null],
    [
      { action_ref: ctx.action('echo-params'), trigger_ref: triggers.second },
      (row) => row.action_ref === ctx.action('echo-params') && isOf(rules.other)(row),
    ],
    [{ pack_name: pack, result_contains: ctx.ledgerInput('other').key }, isOf(rules.other)],
  ]);
});

claim('T2.16b', NEEDS, 'pages of a list join to the whole list, with its exact count', async (ctx) => {
  const { pack, events, triggers } = await createEvents(ctx);
  const { client } = ctx;
  const whole = await client.executions.list({ pack_name: pack });
  const pagesOf = async <T>(read: (page: number) => Promise<T>): Promise<T[]> => [
    await read(1),
    await read(2),
    await read(3),
    await read(4),
  ];

  const pages = await pagesOf((page) =>
    client.executions.page({ pack_name: pack, include_total: true }, { page, per_page: 2 }),
  );
  const ofEvents = await client.events.page(
    { trigger_ref: triggers.first, include_total: true },
    { page: 2, per_page: 1 },
  );
  const ofPacks = await Promise.all([1, 2].map((page) => client.packs.page({ page, per_page: 1 })));
  const notCounted = await client.executions.page({ pack_name: pack, include_total: false }, { page: 1, per_page: 2 });
  const uncounted = await Promise.all(
    [1, 2, 3].map((per_page) => client.events.page({ trigger_ref: triggers.first }, { page: 1, per_page })),
  );

  expect(notCounted.pagination.total_items).toBeUndefined();
  expect(whole).toHaveLength(5);
  expect(pages.map(({ items }) => idsOf(items))).toEqual([
    idsOf(whole.slice(0, 2)),
    idsOf(whole.slice(2, 4)),
    idsOf(whole.slice(4)),
    [],
  ]);
  const facts = pages.map(({ pagination: p }) => [p.page, p.page_size, p.total_items, p.total_pages]);
  expect(facts).toEqual([1, 2, 3, 4].map((page) => [page, 2, 5, 3]));
  expect(pages.map(({ pagination: p }) => [p.has_previous, p.has_next])).toEqual([
    [false, true],
    [true, true],
    [true, false],
    [true, false],
  ]);
  expect([idsOf(ofEvents.items), ofEvents.pagination]).toMatchObject([
    [events[0]],
    { total_items: 2, total_pages: 2, has_next: false, has_previous: true },
  ]);
  const firstPacks = ofPacks.map(({ items }) => items.map(({ ref }) => ref));
  expect(firstPacks).toEqual([[expect.any(String)], [expect.any(String)]]); // at least `core` and the claim's own one
  expect(uncounted.map(({ pagination }) => pagination.has_next)).toEqual([true, false, false]);
});

const INQUIRIES = [...NEEDS, 'inquiries.ask'];

type InquiryFilter = NonNullable<Parameters<Context['client']['inquiries']['list']>[0]>;

claim('T2.16c', INQUIRIES, 'each filter of inquiries keeps its rows', async (ctx) => {
  await ctx.pack('e2e');
  const [me, other] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];
  const { ref } = await ctx.workflow([
    inquiryTask({ assigned_to: '{{ parameters.to }}' }),
    task(ctx, 'beside', 'append-ledger'),
  ]);
  const start = async (to: number) => {
    const { id } = await ctx.client.executions.execute({ action_ref: ref, parameters: { to } });
    return { root: id, inquiry: await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline) };
  };
  const [answered, open, foreign] = [await start(me.id), await start(me.id), await start(other.id)];
  const { inquiries } = ctx.client;

  await me.client.inquiries.respond(answered.inquiry.id, { approved: true });
  await ctx.client.executions.cancel(foreign.root);
  await until(executionToBe('cancelled', ctx.client, foreign.root), ctx.deadline);

  const rows = await Promise.all([answered, open, foreign].map(({ inquiry }) => inquiries.get(inquiry.id)));
  expect(rows.map(({ status, assigned_to }) => [status, assigned_to])).toEqual([
    ['responded', me.id],
    ['pending', me.id],
    ['cancelled', other.id],
  ]);
  await expectFilters(inquiries.list, rows, [
    [{ assigned_to: me.id }, ({ assigned_to }) => assigned_to === me.id],
    [{ assigned_to: other.id }, ({ assigned_to }) => assigned_to === other.id],
    ...(['responded', 'pending'] as const).map((status): Case<InquiryFilter, (typeof rows)[number]> => [
      { assigned_to: me.id, status },
      (row) => row.status === status && row.assigned_to === me.id,
    ]),
    [{ execution: open.inquiry.execution }, ({ id }) => id === open.inquiry.id],
  ]);
  expect(await inquiries.list({ assigned_to: me.id, status: 'cancelled' })).toEqual([]);
  expect(idsOf(await inquiries.ofExecution(open.inquiry.execution))).toEqual([open.inquiry.id]);
});

claim('T2.16d', ['core'], 'each list of components holds those of its pack, trigger or action', async (ctx) => {
  const { packs, triggers, actions, rules, sensors, workflows, keys } = ctx.client;
  const [A, B] = [ctx.name('a').replaceAll('-', '_'), ctx.name('b').replaceAll('-', '_')];
  const [idOfA] = [await createComponents(ctx, A, A), await createComponents(ctx, B, B)];
  const createRule = async (pack: string, name: string, trigger: string, action: string, enabled = true) => {
    const refs = { ref: `${pack}.${name}`, pack_ref: pack, trigger_ref: trigger, action_ref: action };
    await rules.create({ ...refs, label: name, enabled });
    ctx.defer(() => rules.remove(refs.ref));
  };
  await createRule(A, 'r1', `${A}.t1`, `${A}.a1`);
  await createRule(A, 'r2', `${A}.t1`, `${A}.a2`, false);
  await createRule(A, 'r3', `${A}.t2`, `${A}.a1`);
  await createRule(B, 'r1', `${A}.t1`, `${B}.a1`);
  const own = (rows: readonly { ref: string }[]) =>
    rows.map(({ ref }) => ref).filter((ref) => [A, B].some((pack) => ref.startsWith(pack)));

  const shared = [await packs.actions('core'), await actions.list()];
  expect(shared.map((rows) => rows.some(({ ref }) => ref === 'core.noop'))).toEqual([true, true]);
  const lists = {
    'triggers of a pack': own(await packs.triggers(A)),
    'enabled triggers': own(await triggers.enabled()),
    'actions of a pack': own(await packs.actions(A)),
    'rules of a pack': own(await packs.rules(A)),
    'rules of a trigger': own(await triggers.rules(`${A}.t1`)),
    'rules of an action': own(await actions.rules(`${A}.a1`)),
    'enabled rules': own(await rules.enabled()),
    'sensors of a pack': own(await packs.sensors(A)),
    'enabled sensors': own(await sensors.enabled()),
    'workflows of a pack, by label': own(await packs.workflows(A)),
    'workflows with any of two tags': own(await workflows.list({ tags: `${A}-w1,${B}-w2` })),
    'workflows of a pack with a tag': own(await workflows.list({ pack_ref: A, tags: `${A}-w2,${B}-w2` })),
    'keys of a pack': own(await keys.list({ owner_type: 'pack', owner: idOfA })),
  };
  expect(lists).toEqual({
    'triggers of a pack': [`${A}.t1`, `${A}.t2`, `${A}.t3`],
    'enabled triggers': [`${A}.t1`, `${B}.t1`],
    'actions of a pack': [`${A}.a1`, `${A}.a2`, `${A}.w1`, `${A}.w2`],
    'rules of a pack': [`${A}.r1`, `${A}.r2`, `${A}.r3`],
    'rules of a trigger': [`${A}.r1`, `${A}.r2`, `${B}.r1`],
    'rules of an action': [`${A}.r1`, `${A}.r3`],
    'enabled rules': [`${A}.r1`, `${A}.r3`, `${B}.r1`],
    'sensors of a pack': [`${A}.s1`, `${A}.s2`],
    'enabled sensors': [`${A}.s1`, `${B}.s1`],
    'workflows of a pack, by label': [`${A}.w2`, `${A}.w1`],
    'workflows with any of two tags': [`${B}.w2`, `${A}.w1`],
    'workflows of a pack with a tag': [`${A}.w2`],
    'keys of a pack': [`${A}.key`],
  });
});

claim('T2.16e', ['core'], 'identities are listed by login, each with its own roles', async (ctx) => {
  const { identities } = ctx.client;
  const create = async (name: string, display_name: string | null, roles: readonly string[] = []) => {
    const login = ctx.name(name);
    const { id } = await identities.create({ login, display_name });
    ctx.defer(() => identities.remove(id));
    for (const role of roles) await identities.addRole(id, role);
    return { id, login, display_name, frozen: false, roles: [...roles].sort() };
  };
  const [one, two] = [ctx.name('one'), ctx.name('two')];
  const [c, a, b] = [await create('c', 'first', [two, one]), await create('a', null), await create('b', 'b', [two])];
  await identities.freeze(b.id);

  const listed = (await identities.list()).filter(({ id }) => [a.id, b.id, c.id].includes(id));
  expect(listed).toMatchObject([a, { ...b, frozen: true }, c]);
});

claim('T2.16f', NEEDS, 'filters are literal, and a page may hold more than 100 rows', async (ctx) => {
  const { pack, rules, triggers } = await createEvents(ctx);
  const { client } = ctx;
  await runWorkflow(ctx);
  const listed = async (filter: Parameters<typeof client.executions.list>[0]) =>
    idsOf(await client.executions.list(filter));
  const whole = await listed({ pack_name: pack });
  await client.rules.disable(rules.other);
  const { webhook_key: key } = await client.triggers.get(triggers.second);
  for (let n = 0; n < 10; n++) await Promise.all(Array.from({ length: 10 }, () => client.webhooks.post(key!, { n })));

  const page = await client.events.page({ trigger_ref: triggers.second }, { page: 1, per_page: 1_000 });
  expect([page.items.length, page.pagination.has_next]).toEqual([101, false]);
  expect(await listed({ pack_name: pack, top_level_only: true })).toHaveLength(6);
  expect(whole).toHaveLength(7); // with the child of the workflow
  expect(await listed({ pack_name: pack, top_level_only: false })).toEqual(whole);
  expect(await listed({ action_ref: ctx.action('echo-params').replace('echo-', 'echo_') })).toEqual([]);
});
