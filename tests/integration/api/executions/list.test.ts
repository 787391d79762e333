import { withExecutionApi } from './with-execution-api';

const { get, listItems, insertExecution } = withExecutionApi();

test('a list returns 20 summaries, newest first, without a total', async () => {
  const ids: number[] = [];
  for (let n = 0; n < 21; n++) ids.push(await insertExecution({ action_ref: 'paged.one', status: 'completed' }));

  const first = await listItems('?action_ref=paged.one');
  const second = await listItems('?action_ref=paged.one&page=2');

  expect(first.items.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
  expect(first.items[0]).not.toHaveProperty('config');
  expect(first.pagination).toEqual({ page: 1, page_size: 20, has_previous: false, has_next: true });
  expect(second.items.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  expect(second.pagination).toEqual({ page: 2, page_size: 20, has_previous: true, has_next: false });
});

test('every filter applies, alone and combined', async () => {
  const parent = await insertExecution({ action_ref: 'filter.root', status: 'running' });
  const child = await insertExecution({
    action_ref: 'filter.child',
    status: 'failed',
    parent,
    enforcement: 77,
    rule_ref: 'rules.one',
    trigger_ref: 'triggers.one',
    result: JSON.stringify({ error: 'it is 100% broken' }),
  });
  const alone = async (query: string) => (await listItems(`?${query}&include_total=true`)).items.map(({ id }) => id);

  expect(await alone(`parent=${parent}`)).toEqual([child]);
  expect(await alone('action_ref=filter.*&top_level_only=true')).toEqual([parent]);
  expect(await alone('pack_name=filter&status=failed')).toEqual([child]);
  expect(await alone('rule_ref=rules.*&trigger_ref=triggers.one&enforcement=77')).toEqual([child]);
  expect(await alone('action_ref=filter.*&result_contains=100%25')).toEqual([child]);
  expect(await alone('action_ref=filter.*&result_contains=1%25broken')).toEqual([]);
  expect(await alone('action_ref=filter._hild')).toEqual([]);
  expect(await alone(`action_ref=${encodeURIComponent("x' or '1'='1")}`)).toEqual([]);
  expect(await alone(`parent=${parent}&status=completed`)).toEqual([]);
});

test.each([
  [
    '?status=done',
    'application/json; charset=utf-8',
    '{"error":"status done is not an execution status","code":"BAD_REQUEST","details":{"path":"status"}}',
  ],
  ['?parent=x', 'text/plain; charset=utf-8', 'query parent must be a whole number'],
  ['?top_level_only=yes', 'text/plain; charset=utf-8', 'query top_level_only must be true or false'],
  ['?per_page=-1', 'text/plain; charset=utf-8', 'query per_page must be at least 0'],
  [
    '/status/done',
    'application/json; charset=utf-8',
    '{"error":"status done is not an execution status","code":"BAD_REQUEST","details":{"path":"status"}}',
  ],
])('%s is an invalid filter', async (query, type, body) => {
  const response = await get(query);

  expect([response.statusCode, response.headers['content-type'], response.body]).toEqual([400, type, body]);
});

test('IN-06 pages far beyond the end are empty', async () => {
  for (const page of ['1000000000', '9223372036854775808']) {
    expect((await listItems(`?page=${page}&per_page=1000000000`)).items).toEqual([]);
  }
});

test('a list by status is always counted', async () => {
  const id = await insertExecution({ action_ref: 'abandoned.one', status: 'abandoned' });

  expect(await listItems('/status/abandoned')).toMatchObject({
    items: [{ id }],
    pagination: { page: 1, page_size: 50, total_items: 1, total_pages: 1, has_next: false },
  });
});

test('the statistics group waiting and cancelling executions', async () => {
  const before = (await get('/stats')).json<{ data: Record<string, number> }>().data;
  for (const status of ['scheduling', 'scheduled', 'canceling'])
    await insertExecution({ action_ref: 'counted.one', status });

  const after = (await get('/stats')).json<{ data: Record<string, number> }>().data;

  expect(after).toEqual({
    ...before,
    total: before.total! + 3,
    pending: before.pending! + 2,
    cancelled: before.cancelled! + 1,
  });
});
