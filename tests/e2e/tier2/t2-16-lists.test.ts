// Spec: each filter and page of a list holds exactly the rows that it names, in the stated order.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { expectFilters, idsOf } from '../../../helpers/scenario/resources/list-filters';
import { createEvents, enforcementsOf, executionsOfPack } from '../../../helpers/scenario/resources/listed-events';
import { task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

claim('T2.16a', NEEDS, 'each filter of events and enforcements keeps its rows', async (ctx) => {
  const { rules, triggers, events } = await createEvents(ctx);
  const { client } = ctx;
  const enforced = await enforcementsOf(ctx, Object.values(rules));
  const eventRows = events.map((id, n) => ({ id, trigger: n < 2 ? triggers.first : triggers.second }));
  const [first, second, third] = events;

  const byFirst = [first, second].flatMap((event) => [rules.echoing, rules.failing].map((rule) => [event, rule]));
  const expected = [...byFirst, [third, rules.other]];
  expect(enforced.map(({ event, rule_ref }) => [event, rule_ref]).sort()).toEqual(expected.sort());
  await expectFilters(client.events.list, eventRows, [
    [{ trigger_ref: triggers.first }, ({ trigger }) => trigger === triggers.first],
    [{ trigger_ref: triggers.second }, ({ trigger }) => trigger === triggers.second],
  ]);
  await expectFilters(client.enforcements.list, enforced, [
    [{ rule_ref: rules.failing }, ({ rule_ref }) => rule_ref === rules.failing],
    [{ rule: enforced[0]!.rule! }, ({ rule }) => rule === enforced[0]!.rule],
    [{ event: first! }, ({ event }) => event === first],
    [{ trigger_ref: triggers.first }, ({ trigger_ref }) => trigger_ref === triggers.first],
    [{ event: second!, rule_ref: rules.echoing }, (row) => row.event === second && row.rule_ref === rules.echoing],
  ]);
  expect(await client.enforcements.list({ rule_ref: rules.failing, status: 'disabled' })).toEqual([]);
});

/** Runs a workflow of the pack with one task to its end. Returns the id of its execution. */
const runWorkflow = async (ctx: Context): Promise<number> => {
  const { ref } = await ctx.workflow([task(ctx, 'inner', 'echo-params')]);
  return (await runToEnd(ctx, ref)).id;
};

claim('T2.16g', NEEDS, 'each filter of executions keeps its rows', async (ctx) => {
  const { pack, rules, triggers } = await createEvents(ctx);
  const root = await runWorkflow(ctx);
  const enforced = await enforcementsOf(ctx, Object.values(rules));
  const executions = await executionsOfPack(ctx, pack);
  const ruleOf = new Map(enforced.map(({ id, rule_ref }) => [id, rule_ref]));
  const isOf = (rule: string) => (row: (typeof executions)[number]) => ruleOf.get(row.enforcement ?? 0) === rule;
  const [echo, exit] = [ctx.action('echo-params'), ctx.action('exit-with')];
  const one = enforced[0]!.id;

  // the workflow and its task have none
  expect(executions.map(({ enforcement }) => enforcement ?? 0).sort()).toEqual([0, 0, ...idsOf(enforced)].sort());
  await expectFilters(ctx.client.executions.list, executions, [
    [{ rule_ref: rules.echoing }, isOf(rules.echoing)],
    [{ trigger_ref: triggers.first }, (row) => isOf(rules.echoing)(row) || isOf(rules.failing)(row)],
    [{ pack_name: pack, status: 'failed' }, ({ status }) => status === 'failed'],
    [{ action_ref: echo }, ({ action_ref }) => action_ref === echo],
    [{ action_ref: `${pack}.exit*` }, ({ action_ref }) => action_ref === exit],
    [{ enforcement: one }, ({ enforcement }) => enforcement === one],
    [{ parent: root }, ({ parent }) => parent === root],
    [{ pack_name: pack, top_level_only: true }, ({ parent }) => parent === null],
    [{ action_ref: echo, trigger_ref: triggers.second }, (row) => row.action_ref === echo && isOf(rules.other)(row)],
    [{ pack_name: pack, result_contains: ctx.ledgerInput('other').key }, isOf(rules.other)],
  ]);
});

/** What a page states of itself, but for its size. */
const statedBy = ({ pagination: p }: Page) => [p.page, p.total_items, p.total_pages, p.has_previous, p.has_next];

type Page = Pick<Awaited<ReturnType<Context['client']['executions']['page']>>, 'pagination'>;

claim('T2.16b', NEEDS, 'pages of a list join to the whole list, with its exact count', async (ctx) => {
  const { pack } = await createEvents(ctx);
  const { executions, packs } = ctx.client;
  const whole = idsOf(await executions.list({ pack_name: pack }));

  const pages = [];
  for (const page of [1, 2, 3, 4])
    pages.push(await executions.page({ pack_name: pack, include_total: true }, { page, per_page: 2 }));
  const ofPacks = await Promise.all([1, 2].map((page) => packs.page({ page, per_page: 1 })));

  expect(whole).toHaveLength(5);
  expect(pages.map(({ items }) => idsOf(items))).toEqual([whole.slice(0, 2), whole.slice(2, 4), whole.slice(4), []]);
  expect(pages.map(({ pagination }) => pagination.page_size)).toEqual([2, 2, 2, 2]);
  expect(pages.map(statedBy)).toEqual([
    [1, 5, 3, false, true],
    [2, 5, 3, true, true],
    [3, 5, 3, true, false],
    [4, 5, 3, true, false],
  ]);
  expect(ofPacks.map(({ items }) => items.length)).toEqual([1, 1]); // at least `core` and the claim's own one
});

claim('T2.16h', NEEDS, 'a page has a next one only where rows follow, counted or not', async (ctx) => {
  const { pack, events, triggers } = await createEvents(ctx);
  const { client } = ctx;
  const filter = { trigger_ref: triggers.first };

  const counted = await client.events.page({ ...filter, include_total: true }, { page: 2, per_page: 1 });
  const sizes = [1, 2, 3].map((per_page) => client.events.page(filter, { page: 1, per_page }));
  const notCounted = await client.executions.page({ pack_name: pack, include_total: false }, { page: 1, per_page: 2 });

  expect(idsOf(counted.items)).toEqual([events[0]]);
  expect(statedBy(counted)).toEqual([2, 2, 2, true, false]);
  expect((await Promise.all(sizes)).map(({ pagination }) => pagination.has_next)).toEqual([true, false, false]);
  expect(notCounted.pagination.total_items).toBeUndefined();
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
