import { join } from 'node:path';
import type { Queue } from '../../../contract/queues';
import { readPack } from '../../../platform/packs/read/pack';
import { withAdmin } from '../api/with-admin';
import { writeFiles } from './pack-source';

const { testApi, send } = withAdmin();

const MANIFEST = { 'pack.yaml': 'ref: demo\nversion: 1.0.0\n' };
const WORK = 'ref: demo.work\ndispatch_action: core.echo\nbatch_mode: batch\nconfig: {dispatch: {retry_limit: 3}}\n';

let versions = 0;
/** Returns the warnings about its files. */
const register = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const path = writeFiles(join(testApi().scratch, 'sources', `demo-${++versions}`), { ...MANIFEST, ...files });
  const payload = { path, force: true, skip_tests: true };
  const answer = await testApi().call('POST', '/packs/register', payload);
  expect(answer.statusCode).toBe(201);
  return (await readPack(path)).components.warnings;
};
const queue = async () => (await send('GET', '/queues/demo.work')).json<{ data: Queue }>().data;

test('a pack registers, updates and removes its queues', async () => {
  await register({ 'queues/work.yaml': WORK });
  const { id } = await queue();
  expect(await queue()).toMatchObject({
    label: 'Work',
    pack_ref: 'demo',
    is_adhoc: false,
    dispatch_action_ref: 'core.echo',
    batch_mode: 'batch',
    config: { dispatch: { retry_limit: 3 } },
  });
  await send('POST', '/queues/demo.work/items', { payload: 1 });

  await register({ 'queues/work.yaml': `${WORK}label: Other\nenabled: false\n` });
  expect(await queue()).toMatchObject({ id, label: 'Other', enabled: false });
  expect((await send('GET', '/queues/demo.work/items')).json<{ items: object[] }>().items).toHaveLength(1);

  await register({});
  expect((await send('GET', '/queues/demo.work')).statusCode).toBe(404);
});

test('a queue made through the API in a pack goes with its next registration', async () => {
  await register({});
  const made = { ref: 'demo.made', pack_ref: 'demo', label: 'Made', dispatch_action_ref: 'core.echo' };
  const adhoc = { ref: 'adhoc', label: 'Adhoc', dispatch_action_ref: 'core.echo' };
  for (const body of [made, adhoc]) expect((await send('POST', '/queues', body)).statusCode).toBe(201);

  await register({});

  expect((await send('GET', '/queues/demo.made')).statusCode).toBe(404);
  expect((await send('GET', '/queues/adhoc')).statusCode).toBe(200);
});

test.each([
  ['speed: 1\n', 'speed is unknown'],
  ['config: {dispatch: {retry: 1}}\n', 'config.dispatch.retry is unknown'],
  ['update_strategy: never\n', 'update_strategy must be immutable or replace or merge_patch, not never'],
])('a queue file with %j is skipped with a warning', async (more, problem) => {
  const warnings = await register({ 'queues/work.yaml': `ref: demo.bad\ndispatch_action: core.echo\n${more}` });

  expect(warnings.join('\n')).toContain(problem);
  expect((await send('GET', '/queues/demo.bad')).statusCode).toBe(404);
});

test('a queue file that names a missing action is skipped, and no other', async () => {
  await register({ 'queues/lost.yaml': 'ref: demo.lost\ndispatch_action: core.nothing\n', 'queues/work.yaml': WORK });

  expect((await send('GET', '/queues/demo.work')).statusCode).toBe(200);
  expect((await send('GET', '/queues/demo.lost')).statusCode).toBe(404);
});

test('the queues of a pack are deleted with it', async () => {
  await register({ 'queues/work.yaml': WORK });

  expect((await send('DELETE', '/packs/demo')).statusCode).toBe(200);

  expect((await send('GET', '/queues/demo.work')).statusCode).toBe(404);
});
