import { errorSubject } from '../../../platform/base/error-subject';
import { completed, failed, withExecutor } from './with-executor';

const testPlatform = withExecutor();
const { startWorkflow } = testPlatform;

test('an invalid stored definition fails its run and names the field', async () => {
  const id = await startWorkflow('broken', { tasks: [{ name: 'a', action: 'test.act', next: 'b' }] });

  const { status, result } = await testPlatform.get(id);

  expect(status).toBe('failed');
  expect(result).toMatchObject({ succeeded: false, error: expect.stringContaining('/tasks/0/next') });
  expect(await testPlatform.children(id)).toEqual([]);
});

test('a task without its action fails the workflow and is stored as failed', async () => {
  const id = await startWorkflow('lost', { tasks: [{ name: 'gone', action: 'test.nothing' }] });

  expect(await testPlatform.get(id)).toMatchObject({
    status: 'failed',
    result: { succeeded: false, error: 'Workflow failed: 1 task(s) failed: gone' },
  });
  const children = await testPlatform.children(id);
  expect(children).toMatchObject([{ status: 'failed', started_at: null, result: { code: 'ACTION_NOT_FOUND' } }]);
});

test('an action that no worker can run fails and names the requirement', async () => {
  await testPlatform.db().inTenant(1, (transaction) =>
    transaction
      .insertInto('action')
      .values({
        ref: 'test.odd',
        pack: 1,
        pack_ref: 'test',
        label: 'Odd',
        entrypoint: 'x',
        runtime_ref: 'core.cobol',
      })
      .execute(),
  );
  const { id } = await testPlatform.request('test.odd');

  await testPlatform.dispatch();

  expect(await testPlatform.get(id)).toMatchObject({
    status: 'failed',
    result: { error: 'Execution is unschedulable', message: expect.stringContaining('runtime cobol') },
  });
});

test('a retry is a new execution that is not dispatched before its delay', async () => {
  const retry = { count: 1, delay: 3_600 };
  const id = await startWorkflow('later', { tasks: [{ name: 'flaky', action: 'test.act', retry }] });
  await testPlatform.dispatch();
  const [attempt] = await testPlatform.claim();
  await testPlatform.start(attempt!);
  await testPlatform.finish(attempt!, failed());
  await testPlatform.advance(id);

  await testPlatform.dispatch();

  expect(await testPlatform.claim()).toEqual([]);
  const [first, second] = await testPlatform.children(id);
  expect(second).toMatchObject({ status: 'requested', retry_count: 1, original_execution: first!.id });
  const gapMs = Date.parse(second!.due_at!) - Date.parse(first!.finished_at!);
  expect(gapMs).toBeGreaterThanOrEqual(3_600_000);
});

test('a value that is nested too deeply to be stored fails its workflow', async () => {
  const next = [{ when: '{{ succeeded() }}', publish: [{ deep: '{{ result().a }}' }] }];
  const id = await startWorkflow('deep', { tasks: [{ name: 'a', action: 'test.act', next }] });
  await testPlatform.dispatch();
  const [attempt] = await testPlatform.claim();
  await testPlatform.start(attempt!);
  const levels = 100_000;
  const stdout = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  await testPlatform.finish(attempt!, completed({ stdout }));

  await testPlatform.advance(id);

  const error = 'VALUE_REFUSED: a value of the next step is nested too deeply';
  expect(await testPlatform.get(id)).toMatchObject({ status: 'failed', result: { code: 'VALUE_REFUSED', error } });
  expect(errorSubject(testPlatform.rejectedSteps.at(-1))).toEqual({ execution: id });
});

describe('a step that the database does not store', () => {
  /** Raises the SQLSTATE that a workflow is named after, for each state but that of its end. */
  beforeAll(async () => {
    await testPlatform.queryAsOwner(`create function refuse_state() returns trigger language plpgsql as $$
      declare code text := (select right(action_ref, 5) from execution where id = new.execution);
      begin raise 'a value' using errcode = code; end $$`);
    await testPlatform.queryAsOwner(`create trigger refuse_state before update on workflow_execution
      for each row when (new.status <> 'failed') execute function refuse_state()`);
  });
  afterAll(() => testPlatform.queryAsOwner('drop function refuse_state cascade'));

  test.each(['22021', '22003', '54000'])('fails its workflow where no attempt can store it: %s', async (code) => {
    const id = await startWorkflow(`refused_${code}`, { tasks: [{ name: 'a', action: 'test.act' }] });

    expect(await testPlatform.get(id)).toMatchObject({
      status: 'failed',
      result: { succeeded: false, code: 'VALUE_REFUSED', error: expect.stringContaining(`SQLSTATE ${code}`) },
    });
    expect(await testPlatform.children(id)).toEqual([]);
    const rejected = testPlatform.rejectedSteps.at(-1);
    expect(rejected).toMatchObject({ code });
    expect(errorSubject(rejected)).toEqual({ execution: id });
  });

  test('is tried again for any other reason', async () => {
    const started = startWorkflow('refused_55000', { tasks: [{ name: 'a', action: 'test.act' }] });

    await expect(started).rejects.toMatchObject({ code: '55000' });
    const [execution] = await testPlatform.queryAsOwner(
      `select status from execution where action_ref like '%refused_55000'`,
    );
    expect(execution).toEqual({ status: 'running' });
  });
});
