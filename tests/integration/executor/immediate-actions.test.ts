// Actions of pack core that need no process end in the transaction that assigns or inserts them.
import type { JsonObject } from '../../../contract/json';
import { DISPATCH_CHANNEL } from '../../../platform/store/database/notify';
import { registerWorker } from '../../../platform/store/workers/workers';
import { completed, withExecutor } from './with-executor';

const platform = withExecutor();

const query = platform.queryAsOwner;

const insertAction = (tenant: number, pack: string, entrypoint: string) =>
  query(
    `with pack as (
       insert into pack (tenant, ref, label, version) values ($1, $2, 'Pack', '1.0.0')
       on conflict (tenant, ref) do update set label = 'Pack' returning id
     )
     insert into action (tenant, pack, ref, pack_ref, label, entrypoint, runtime_ref)
     select $1, id, $2::text || '.' || $3::text, $2, $3, 'builtin:' || $3::text, 'core.native' from pack`,
    [tenant, pack, entrypoint],
  );

beforeAll(async () => {
  const runtimes = { shell: '5.2.0', native: '20.0.0' };
  await registerWorker(platform.db(), { name: 'manual', runtimes, slots: 10, meta: {} });
  await insertAction(0, 'core', 'noop');
  await insertAction(0, 'core', 'echo');
  await insertAction(1, 'own', 'noop');
});

const sequence = (action: string, count: number, input: JsonObject = {}): JsonObject => ({
  version: '1.0.0',
  tasks: Array.from({ length: count }, (_, n) => ({
    name: `t${n}`,
    action,
    input,
    ...(n + 1 < count && { on_success: `t${n + 1}` }),
  })),
});

/** Requests the workflow and advances it while it can go on at once. Returns its id. */
async function startWorkflow(name: string, definition: JsonObject): Promise<number> {
  const { id } = await platform.request(await platform.createWorkflow(name, definition));
  const listener = await platform.listen(DISPATCH_CHANNEL);
  await platform.dispatch();
  while ((await listener.received()).length > 0) await platform.advance(id);
  return id;
}

/** What an execution left, without ids and instants. */
async function tracesOf(id: number, root: number) {
  const [row] = await query(
    `select status, worker, attempt, settled, released, result, stdout_tail, stderr_tail, timed_out, timeout_level,
       started_at is not null and started_at >= created and finished_at >= started_at as is_ordered
     from execution where id = $1`,
    [id],
  );
  const log = await query(
    `select type, payload, worker, execution = root as is_root from execution_event where root = $1 order by seq`,
    [root],
  );
  const notifications = await query<{ type: string; payload: string }>(
    'select type, payload from notification_log where entity = $1 order by seq',
    [id],
  );
  return { row, log, notifications: notifications.map(({ type, payload }) => [type, shownIn(payload)]) };
}

const shownIn = (payload: string) => {
  const { status, old_status, started_at, workflow_task, ...rest } = JSON.parse(payload) as JsonObject;
  const { completed_at, duration_ms } = workflow_task as JsonObject;
  const instants = [started_at, completed_at, duration_ms].map((value) => value !== null);
  return { status, old_status, instants, keys: Object.keys(rest).sort() };
};

test('an immediate task leaves what an attempt by a worker leaves', async () => {
  const immediate = await startWorkflow('immediate', sequence('core.noop', 1));
  const byWorker = await startWorkflow('by_worker', sequence('own.noop', 1));
  const [attempt] = await platform.claim();
  await platform.start(attempt!);
  const stdout = 'noop\n';
  await platform.finish(attempt!, { ...completed({ duration_ms: 0, stdout }), stdoutTail: stdout });
  await platform.advance(byWorker);

  const [traces, expected] = await Promise.all(
    [immediate, byWorker].map(async (root) => tracesOf((await platform.children(root))[0]!.id, root)),
  );
  expect((await platform.get(byWorker)).status).toBe('completed');
  expect(JSON.parse(JSON.stringify(traces).replaceAll('core.noop', 'own.noop'))).toEqual(expected);
  expect(traces!.notifications.map(([, shown]) => (shown as { status: string }).status)).toEqual([
    'requested',
    'scheduled',
    'running',
    'completed',
  ]);
});

test('a chain of immediate tasks ends in one step', async () => {
  const id = await startWorkflow('chain', sequence('core.noop', 12));

  expect((await platform.get(id)).status).toBe('completed');
  expect((await platform.children(id)).map(({ status, attempt }) => [status, attempt])).toEqual(
    Array(12).fill(['completed', 1]),
  );
});

test('a failed immediate task fails its workflow, with its exit code', async () => {
  const id = await startWorkflow('failing', sequence('core.noop', 2, { exit_code: 3, message: 'no' }));

  expect((await platform.get(id)).status).toBe('failed');
  const tasks = await platform.children(id);
  expect(tasks.map(({ status, result }) => ({ status, result }))).toEqual([
    {
      status: 'failed',
      result: {
        succeeded: false,
        exit_code: 3,
        error: 'Command exited with code 3',
        duration_ms: 0,
        stdout: 'no\n',
      },
    },
  ]);
});

test('items beyond the concurrency, and retries, run to their ends as well', async () => {
  const items = { name: 'each', action: 'core.echo', with_items: '{{ range(5) }}', concurrency: 2 };
  const retried = { name: 'retried', action: 'core.noop', input: { exit_code: 1 }, retry: { count: 2, delay: 0 } };
  const id = await startWorkflow('mixed', {
    version: '1.0.0',
    tasks: [{ ...items, input: { message: 'item {{ item }}' } }, retried],
  });

  const tasks = await platform.children(id);
  const outputs = tasks.filter(({ task_name }) => task_name === 'each').map(({ result }) => result);
  expect(outputs).toMatchObject([0, 1, 2, 3, 4].map((n) => ({ stdout: `item ${n}` })));
  expect(tasks.filter(({ task_name }) => task_name === 'retried').map(({ retry_count }) => retry_count)).toEqual([
    0, 1, 2,
  ]);
  expect((await platform.get(id)).status).toBe('failed');
});

test('a requested immediate action ends when it is dispatched', async () => {
  const [echo, noop] = [
    await platform.request('core.echo', { message: 'hello' }),
    await platform.request('core.noop', { exit_code: 7 }),
  ];

  await platform.dispatch();

  expect(await platform.get(echo.id)).toMatchObject({ status: 'completed', result: { stdout: 'hello', exit_code: 0 } });
  expect(await platform.get(noop.id)).toMatchObject({ status: 'failed', result: { exit_code: 7 } });
  expect(await platform.log(echo.id)).toEqual([
    'EXECUTION_STARTED',
    'AGENT_INVOKED',
    'AGENT_RESPONSE',
    'EXECUTION_COMPLETED',
  ]);
});

test('the key of one action leaves that action to a worker', async () => {
  await query(
    `insert into key (tenant, ref, name, value, owner_type, owner_action, encrypted)
     select 1, 'core.echo.token', 'token', '"key"', 'action', id, true from action where ref = 'core.echo'`,
  );
  const tasks = [
    { name: 'first', action: 'core.noop', on_success: 'second' },
    { name: 'second', action: 'core.echo' },
  ];

  const id = await startWorkflow('with_action_key', { version: '1.0.0', tasks });

  expect((await platform.children(id)).map(({ status }) => status)).toEqual(['completed', 'scheduled']);
  await query(`delete from key where ref = 'core.echo.token'`);
});

test('a key replaces a parameter, and a secret leaves the action to a worker', async () => {
  const insertKey = (name: string, encrypted: boolean) =>
    query(
      `insert into key (tenant, ref, name, value, owner_type, encrypted) values (1, $1, $1, '"key"', 'system', $2)`,
      [name, encrypted],
    );
  await insertKey('message', false);
  const replaced = await startWorkflow('with_key', sequence('core.echo', 1));
  expect((await platform.children(replaced)).map(({ result }) => result)).toMatchObject([{ stdout: 'key' }]);

  await insertKey('token', true);
  const { id } = await platform.request('core.echo', { message: 'parameter' });
  const workflow = await startWorkflow('with_secret', sequence('core.echo', 1));
  await platform.dispatch();

  expect((await platform.get(id)).status).toBe('scheduled');
  expect((await platform.children(workflow)).map(({ status }) => status)).toEqual(['scheduled']);
});
