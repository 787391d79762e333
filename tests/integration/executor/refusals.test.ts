import { failed, withExecutor } from './stage';

const stage = withExecutor();

const begun = async (name: string, definition: object) => {
  const { id } = await stage.request(await stage.workflow(name, { version: '1.0.0', ...definition }));
  await stage.dispatch();
  await stage.advance(id);
  return id;
};

test('a stored definition that cannot be loaded fails its run and says where it is wrong', async () => {
  const id = await begun('broken', { tasks: [{ name: 'a', action: 'stage.act', next: 'b' }] });

  const { status, result } = await stage.get(id);

  expect(status).toBe('failed');
  expect(result).toMatchObject({ succeeded: false, error: expect.stringContaining('/tasks/0/next') });
  expect(await stage.children(id)).toEqual([]);
});

test('a task whose action does not exist fails the workflow by name and leaves a row that says why', async () => {
  const id = await begun('lost', { tasks: [{ name: 'gone', action: 'stage.nothing' }] });

  expect(await stage.get(id)).toMatchObject({
    status: 'failed',
    result: { succeeded: false, error: 'Workflow failed: 1 task(s) failed: gone' },
  });
  const children = await stage.children(id);
  expect(children).toMatchObject([{ status: 'failed', started_at: null, result: { code: 'ACTION_NOT_FOUND' } }]);
});

test('an action that no worker can run fails and says what was looked for', async () => {
  await stage.db().inTenant(1, (transaction) =>
    transaction
      .insertInto('action')
      .values({
        ref: 'stage.odd',
        pack: 1,
        pack_ref: 'stage',
        label: 'Odd',
        entrypoint: 'x',
        runtime_ref: 'core.cobol',
      })
      .execute(),
  );
  const { id } = await stage.request('stage.odd');

  await stage.dispatch();

  expect(await stage.get(id)).toMatchObject({
    status: 'failed',
    result: { error: 'Execution is unschedulable', message: expect.stringContaining('runtime cobol') },
  });
});

test('a retry is an execution of its own that is not dispatched before its time', async () => {
  const retry = { count: 1, delay: 3_600 };
  const id = await begun('later', { tasks: [{ name: 'flaky', action: 'stage.act', retry }] });
  await stage.dispatch();
  const [attempt] = await stage.claim();
  await stage.start(attempt!);
  await stage.finish(attempt!, failed());
  await stage.advance(id);

  await stage.dispatch();

  expect(await stage.claim()).toEqual([]);
  const [first, second] = await stage.children(id);
  expect(second).toMatchObject({ status: 'requested', retry_count: 1, original_execution: first!.id });
  const gapMs = Date.parse(second!.due_at!) - Date.parse(first!.finished_at!);
  expect(gapMs).toBeGreaterThanOrEqual(3_600_000);
});
