// Spec: the pages of a list contain each of its rows once, in order, whatever is added meanwhile.
import { claim, type Context } from '../../../../helpers/scenario/claim';
import { executionsToBe } from '../../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';

const ROWS = 7;
const SIZE = 3;

/** Runs an own action so often. Returns it, and the ids of its executions, newest first. */
async function runOften(ctx: Context, times: number): Promise<{ action_ref: string; ids: number[] }> {
  const action_ref = await createScriptAction(ctx, await ctx.ownPack(), 'true');
  for (let n = 0; n < times; n++) await ctx.client.executions.execute({ action_ref });
  const rows = await until(executionsToBe('completed', times, ctx.client, { action_ref }), ctx.deadline);
  return { action_ref, ids: rows.map(({ id }) => id).reverse() };
}

claim('T3.22a', ['core'], 'the pages of a list contain each row once, newest first', async (ctx) => {
  const { action_ref, ids } = await runOften(ctx, ROWS);

  const pages = await Promise.all(
    [1, 2, 3, 4].map((page) => ctx.client.executions.page({ action_ref }, { page, per_page: SIZE })),
  );

  expect(pages.map(({ items }) => items.map(({ id }) => id))).toEqual([
    ids.slice(0, 3),
    ids.slice(3, 6),
    ids.slice(6),
    [],
  ]);
  expect(pages.map(({ pagination }) => pagination)).toMatchObject([
    { page: 1, page_size: SIZE, has_previous: false, has_next: true },
    { page: 2, page_size: SIZE, has_previous: true, has_next: true },
    { page: 3, page_size: SIZE, has_previous: true, has_next: false },
    { page: 4, page_size: SIZE, has_previous: true, has_next: false },
  ]);
});

claim('T3.22b', ['core'], 'a list of pages has the rows of its filter only, and all of them', async (ctx) => {
  const { action_ref, ids } = await runOften(ctx, SIZE + 1);
  const other = await createScriptAction(ctx, await ctx.ownPack(), 'true');
  await ctx.client.executions.execute({ action_ref: other });

  const first = await ctx.client.executions.page({ action_ref }, { page: 1, per_page: SIZE });
  const last = await ctx.client.executions.page({ action_ref }, { page: 2, per_page: SIZE });

  expect([...first.items, ...last.items].map((row) => [row.id, row.action_ref])).toEqual(
    ids.map((id) => [id, action_ref]),
  );
  await until(executionsToBe('completed', 1, ctx.client, { action_ref: other }), ctx.deadline);
});
