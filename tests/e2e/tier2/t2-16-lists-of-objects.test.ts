// Spec: each list of inquiries, components and identities holds its own rows, in order.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { taskToCreateInquiry } from '../../../helpers/scenario/conditions/inquiry-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createComponents } from '../../../helpers/scenario/resources/components';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { expectFilters, idsOf, type Case } from '../../../helpers/scenario/resources/list-filters';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';

const INQUIRIES = ['core', 'ledger.shared', 'inquiries.ask'];

type Inquiry = Awaited<ReturnType<Context['client']['inquiries']['get']>>;

type InquiryFilter = NonNullable<Parameters<Context['client']['inquiries']['list']>[0]>;

/** The filters of a person's inquiries, each with the rows that it keeps; one is pending. */
const casesOf = (mine: number, others: number, pending: Inquiry): Case<InquiryFilter, Inquiry>[] => [
  [{ assigned_to: mine }, ({ assigned_to }) => assigned_to === mine],
  [{ assigned_to: others }, ({ assigned_to }) => assigned_to === others],
  [{ assigned_to: mine, status: 'responded' }, (row) => row.status === 'responded' && row.assigned_to === mine],
  [{ assigned_to: mine, status: 'pending' }, (row) => row.status === 'pending' && row.assigned_to === mine],
  [{ execution: pending.execution }, ({ id }) => id === pending.id],
];

/** Starts a workflow whose gate asks the person that its parameter `to` names. */
const startFor = async (ctx: Context, action_ref: string, to: number) => {
  const { id } = await ctx.client.executions.execute({ action_ref, parameters: { to } });
  return { root: id, inquiry: await until(taskToCreateInquiry('gate', ctx.client, id), ctx.deadline) };
};

claim('T2.16c', INQUIRIES, 'each filter of inquiries keeps its rows', async (ctx) => {
  const { inquiries, executions } = ctx.client;
  const [me, other] = [await createTestUser(ctx, null), await createTestUser(ctx, null)];
  const { ref } = await ctx.workflow([inquiryTask({ assigned_to: '{{ parameters.to }}' })]);
  const [answered, open] = [await startFor(ctx, ref, me.id), await startFor(ctx, ref, me.id)];
  const foreign = await startFor(ctx, ref, other.id);

  await me.client.inquiries.respond(answered.inquiry.id, { approved: true });
  await executions.cancel(foreign.root);
  await waitForStatus(ctx, foreign.root, 'cancelled');

  const rows = await Promise.all([answered, open, foreign].map(({ inquiry }) => inquiries.get(inquiry.id)));
  expect(rows.map(({ status }) => status)).toEqual(['responded', 'pending', 'cancelled']);
  expect(rows.map(({ assigned_to }) => assigned_to)).toEqual([me.id, me.id, other.id]);
  await expectFilters(inquiries.list, rows, casesOf(me.id, other.id, open.inquiry));
  expect(await inquiries.list({ assigned_to: me.id, status: 'cancelled' })).toEqual([]);
  expect(idsOf(await inquiries.ofExecution(open.inquiry.execution))).toEqual([open.inquiry.id]);
});

/** Two packs with the same components, and rules on those of the first pack. */
const createTwoPacks = async (ctx: Context) => {
  const [A, B] = [ctx.name('a').replaceAll('-', '_'), ctx.name('b').replaceAll('-', '_')];
  const [idOfA] = [await createComponents(ctx, A, A), await createComponents(ctx, B, B)];
  const createRule = async (pack: string, name: string, trigger: string, action: string, enabled = true) => {
    const refs = { ref: `${pack}.${name}`, pack_ref: pack, trigger_ref: trigger, action_ref: action };
    await ctx.client.rules.create({ ...refs, label: name, enabled });
    ctx.defer(() => ctx.client.rules.remove(refs.ref));
  };
  await createRule(A, 'r1', `${A}.t1`, `${A}.a1`);
  await createRule(A, 'r2', `${A}.t1`, `${A}.a2`, false);
  await createRule(A, 'r3', `${A}.t2`, `${A}.a1`);
  await createRule(B, 'r1', `${A}.t1`, `${B}.a1`);
  return { A, B, idOfA };
};

type Packs = Awaited<ReturnType<typeof createTwoPacks>>;
type List = (client: Context['client'], packs: Packs) => Promise<readonly { ref: string }[]>;

/** Each list, and the refs of the two packs that it holds; `A` and `B` stand for the packs. */
const LISTS: Readonly<Record<string, readonly [List, string]>> = {
  'triggers of a pack': [({ packs }, { A }) => packs.triggers(A), 'A.t1 A.t2 A.t3'],
  'enabled triggers': [({ triggers }) => triggers.enabled(), 'A.t1 B.t1'],
  'actions of a pack': [({ packs }, { A }) => packs.actions(A), 'A.a1 A.a2 A.w1 A.w2'],
  'rules of a pack': [({ packs }, { A }) => packs.rules(A), 'A.r1 A.r2 A.r3'],
  'rules of a trigger': [({ triggers }, { A }) => triggers.rules(`${A}.t1`), 'A.r1 A.r2 B.r1'],
  'rules of an action': [({ actions }, { A }) => actions.rules(`${A}.a1`), 'A.r1 A.r3'],
  'enabled rules': [({ rules }) => rules.enabled(), 'A.r1 A.r3 B.r1'],
  'sensors of a pack': [({ packs }, { A }) => packs.sensors(A), 'A.s1 A.s2'],
  'enabled sensors': [({ sensors }) => sensors.enabled(), 'A.s1 B.s1'],
  'workflows of a pack, by label': [({ packs }, { A }) => packs.workflows(A), 'A.w2 A.w1'],
  'workflows with any of two tags': [
    ({ workflows }, { A, B }) => workflows.list({ tags: `${A}-w1,${B}-w2` }),
    'B.w2 A.w1',
  ],
  'workflows of a pack with a tag': [
    ({ workflows }, { A, B }) => workflows.list({ pack_ref: A, tags: `${A}-w2,${B}-w2` }),
    'A.w2',
  ],
  'keys of a pack': [({ keys }, { idOfA }) => keys.list({ owner_type: 'pack', owner: idOfA }), 'A.key'],
};

claim('T2.16d', ['core'], 'each list of components holds those of its pack, trigger or action', async (ctx) => {
  const packs = await createTwoPacks(ctx);
  const shared = [await ctx.client.packs.actions('core'), await ctx.client.actions.list()];

  const listed: Record<string, string> = {};
  for (const [name, [list]] of Object.entries(LISTS)) {
    const refs = (await list(ctx.client, packs)).map(({ ref }) => ref.replace(packs.A, 'A').replace(packs.B, 'B'));
    listed[name] = refs.filter((ref) => /^[AB]\./.test(ref)).join(' ');
  }

  expect(shared.map((rows) => rows.some(({ ref }) => ref === 'core.noop'))).toEqual([true, true]);
  expect(listed).toEqual(Object.fromEntries(Object.entries(LISTS).map(([name, [, refs]]) => [name, refs])));
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
  const { roles } = await identities.get(c.id);
  expect(listed).toMatchObject([a, { ...b, frozen: true }, c]);
  expect(roles.map(({ role }) => role)).toEqual(c.roles);
});
