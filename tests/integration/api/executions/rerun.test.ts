// A rerun of an execution that retention has removed, or removes during the request.
import { awaitLockedSession } from '../../database/await-locked-session';
import { PATH, withExecutionApi } from './with-execution-api';

const { testApi, token, insertExecution } = withExecutionApi();

const ENDED = { action_ref: 'core.noop', status: 'failed' };

const rerun = (id: number) =>
  testApi().send({ method: 'POST', url: `${PATH}/${id}/rerun`, payload: { from: 'first' } }, token());

const removed = (id: number) => ({
  error: `Execution ${id} not found`,
  code: 'NOT_FOUND',
  details: { path: '/id', hint: 'retention may have removed it: run the workflow from its start' },
});

test('a rerun of an execution that is gone is not found, with what to do', async () => {
  const id = await insertExecution(ENDED);
  await testApi().owner.query('delete from execution where id = $1', [id]);

  const response = await rerun(id);

  expect([response.statusCode, response.json()]).toEqual([404, removed(id)]);
});

test('an execution that is removed while its rerun is requested is not found', async () => {
  const id = await insertExecution(ENDED);
  const retention = await testApi().owner.connect();
  try {
    await retention.query('begin');
    await retention.query('delete from execution where id = $1', [id]);

    const request = rerun(id);
    await awaitLockedSession(testApi().owner, 'for key share');
    await retention.query('commit');

    const response = await request;
    expect([response.statusCode, response.json()]).toEqual([404, removed(id)]);
  } finally {
    retention.release();
  }
});

test('a rerun of an action that is deleted is not found, with what to do', async () => {
  const id = await insertExecution({ ...ENDED, action_ref: 'gone.flow' });

  const response = await rerun(id);

  expect([response.statusCode, response.json()]).toEqual([
    404,
    {
      error: 'Action gone.flow not found',
      code: 'NOT_FOUND',
      details: { path: '/id', hint: 'give an execution of a workflow that exists' },
    },
  ]);
});
