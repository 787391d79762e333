import { withAdmin } from '../with-admin';

const { testApi, send } = withAdmin();

/** The graph of a workflow with a limit of so many seconds, as it is stored with a run. */
const graph = (timeout: number) =>
  JSON.stringify({ version: '1.0.0', timeout, tasks: [{ name: 'a', action: 'core.noop' }] });

/** What a workflow waits for whose limit ends it at this instant; no executor runs. */
async function reasonsOf(columns: string, values: string, due: string): Promise<object[]> {
  const { rows } = await testApi().owner.query<{ id: number }>(
    `with e as (insert into execution (tenant, action_ref, status, started_at${columns})
         values (1, 'p.flow', 'running', '2026-01-27T09:59:30Z'${values}) returning id),
       r as (insert into workflow_execution (tenant, execution, task_graph, state, due_at)
         select 1, id, $1, '{"status": "running", "tasks": {}}', ${due} from e)
     select id from e`,
    [graph(30)],
  );
  const { id } = rows[0]!;
  const response = await send('GET', `/executions/${id}/waiting`);
  return response.json<{ data: { reasons: object[] } }>().data.reasons.map((reason) => ({ ...reason, of: id }));
}

test('a workflow states the limit that ends it, and when', async () => {
  const [, own] = await reasonsOf('', '', `platform_now() + interval '1 hour'`);
  const [, nested] = await reasonsOf(', task_name', `, 'nested'`, `'2026-01-27T10:00:00Z'`);
  const [, requested] = await reasonsOf(
    ', timeout_level, timeout_seconds',
    `, 'request', 20`,
    `platform_now() + interval '1 hour'`,
  );
  const none = await reasonsOf('', '', 'null');

  const row = { kind: 'timer', since: '2026-01-27T09:59:30Z', limit_seconds: 30, limit_level: 'workflow', task: null };
  expect(own).toMatchObject({
    ...row,
    text: expect.stringMatching(/^execution \d+ waits for its timer: the limit of its workflow, 30 s, ends it at /),
  });
  expect(nested).toMatchObject({
    ...row,
    task: 'nested',
    due_at: '2026-01-27T10:00:00Z',
    text: expect.stringMatching(
      /waits for its engine to end it: the limit of the workflow of task nested, 30 s, passed at 2026-01-27T10:00:00Z$/,
    ),
  });
  expect(requested).toMatchObject({ ...row, limit_seconds: 20, limit_level: 'request' });
  expect(none.map((reason) => (reason as { kind: string }).kind)).toEqual(['advance']);
});
