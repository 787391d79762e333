import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTENT_HASH_FILE, removeUnusedPackFiles } from '../../../platform/packs/storage/unused-pack-files';
import { markFilesReplaced } from '../../../platform/store/packs/pack-file-gc';
import { throwError } from '../../throw-error';
import { withApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const testApi = withApi();

const register = (ref: string, version: string) => {
  const files = { 'pack.yaml': `ref: ${ref}\nversion: ${version}\n`, 'package.json': `{"version": "${version}"}` };
  const path = writeFiles(join(testApi().scratch, 'sources', `${ref}-${version}`), files);
  return testApi().call('POST', '/packs/register', { path, force: true });
};
const remove = (ref: string) => testApi().call('DELETE', `/packs/${ref}`);
const storageOf = async (ref: string) =>
  (await testApi().owner.query<{ storage: string }>('select storage from pack where ref = $1', [ref])).rows[0]!.storage;

/** Claims an execution of the pack as a worker does; returns the release. */
async function startAttempt(ref: string): Promise<() => Promise<unknown>> {
  const { rows } = await testApi().owner.query<{ resource: string }>(
    `with e as (insert into execution (tenant, action_ref, status) values (1, $1, 'running') returning id)
     insert into lease (resource, tenant, owner, expires_at, fencing_token)
     select 'execution:' || id, 1, 1, liveness_now() + interval '1 minute', nextval('fencing_token') from e returning resource`,
    [`${ref}.act`],
  );
  return () => testApi().owner.query('delete from lease where resource = $1', [rows[0]!.resource]);
}

test('replaced files stay until attempts started before have ended', async () => {
  await register('kept', '1.0.0');
  const old = await storageOf('kept');
  const [earlier, other] = [await startAttempt('kept'), await startAttempt('another')];
  await register('kept', '2.0.0');
  const later = await startAttempt('kept');

  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(old)).toBe(true);

  await earlier();
  await removeUnusedPackFiles(testApi().db, throwError);
  expect([existsSync(old), existsSync(await storageOf('kept'))]).toEqual([false, true]);
  await Promise.all([later(), other()]);
});

test('files of a deleted pack stay until its last attempt ends', async () => {
  await register('gone', '1.0.0');
  const old = await storageOf('gone');
  const end = await startAttempt('gone');
  await remove('gone');

  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(old)).toBe(true);

  await end();
  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(old)).toBe(false);
});

/** A directory in place of an environment; `hash` is that of its manifests. */
function environment(ref: string, name: string, hash: string): string {
  const directory = join(testApi().scratch, 'data', 'environments', '1', ref, 'nodejs', name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, CONTENT_HASH_FILE), hash);
  return directory;
}
const retireEnvironment = (ref: string, path: string) =>
  testApi().db.inTenant(1, (transaction) => markFilesReplaced(transaction, ref, [{ kind: 'environment', path }]));

test('only an environment that is requested again stays', async () => {
  await register('served', '1.0.0');
  const { rows } = await testApi().owner.query<{ content_hash: string }>(
    `select content_hash from environment e join pack p on p.id = e.pack where p.ref = 'served'`,
  );
  const again = environment('served', 'a'.repeat(32), rows[0]!.content_hash);
  const old = environment('served', 'b'.repeat(32), 'of other manifests');
  await retireEnvironment('served', again);
  await retireEnvironment('served', old);

  await removeUnusedPackFiles(testApi().db, throwError);

  expect([existsSync(again), existsSync(old)]).toEqual([true, false]);
});

test('environments of a deleted pack go unless it is registered again', async () => {
  await Promise.all([register('left', '1.0.0'), register('back', '1.0.0')]);
  const [left, back] = [environment('left', 'c'.repeat(32), '1'), environment('back', 'd'.repeat(32), '1')];
  await Promise.all([remove('left'), remove('back')]);
  await register('back', '1.0.0');

  await removeUnusedPackFiles(testApi().db, throwError);

  expect([existsSync(left), existsSync(back)]).toEqual([false, true]);
});

const workflowPack = (version: string) => ({
  'pack.yaml': `ref: planned\nversion: ${version}\n`,
  'actions/one.yaml': 'ref: planned.one\nrunner_type: shell\nentry_point: one.sh\n',
  'actions/one.sh': `echo ${version}\n`,
  'workflows/flow.yaml': 'label: flow\nversion: 1.0.0\ntasks:\n  - name: only\n    action: planned.one\n',
});

const registerPlanned = (version: string) => {
  const path = writeFiles(join(testApi().scratch, 'sources', `planned-${version}`), workflowPack(version));
  return testApi().call('POST', '/packs/register', { path, force: true });
};
const post = async (path: string, payload: object = {}, workflow = 'planned.flow') => {
  const url = `/api/v1/workflows/${workflow}/${path}`;
  const response = await testApi().send({ method: 'POST', url, payload }, testApi().admin);
  expect(response.statusCode).toBeLessThan(300);
  return response.json<{ data: { id: number } }>().data;
};

/** Creates the workflow `outer.flow`, which runs `planned.flow`. */
async function createOuter(): Promise<void> {
  const create = (url: string, payload: object) => testApi().send({ method: 'POST', url, payload }, testApi().admin);
  await create('/api/v1/packs', { ref: 'outer', label: 'outer', version: '1.0.0' });
  const definition = { tasks: [{ name: 'nested', action: 'planned.flow' }] };
  const flow = { ref: 'outer.flow', pack_ref: 'outer', label: 'flow', version: '1.0.0', definition };
  expect((await create('/api/v1/workflows', flow)).statusCode).toBe(201);
}

test('files of a plan stay until a newer one exists and its runs have ended', async () => {
  expect((await registerPlanned('1.0.0')).statusCode).toBe(201);
  const old = await storageOf('planned');
  const { id } = await post('execute', { inputs: { data: {} } });
  await registerPlanned('2.0.0');

  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(old)).toBe(true);

  await post('revisions/1/compile');
  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(old)).toBe(true);

  await testApi().call('POST', `/executions/${id}/cancel`);
  await removeUnusedPackFiles(testApi().db, throwError);
  expect([existsSync(old), existsSync(await storageOf('planned'))]).toEqual([false, true]);
});

test('files of a nested plan stay as long as the plan above it', async () => {
  await registerPlanned('2.5.0');
  await post('revisions/1/compile');
  const old = await storageOf('planned');
  await createOuter();
  await registerPlanned('2.6.0');
  await post('revisions/1/compile');

  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(old)).toBe(true);

  await post('revisions/1/compile', {}, 'outer.flow');
  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(old)).toBe(false);
});

test('files of a plan are removed with the action that it names', async () => {
  await registerPlanned('3.0.0');
  const old = await storageOf('planned');
  await post('revisions/1/compile');

  await remove('planned');
  await removeUnusedPackFiles(testApi().db, throwError);

  expect(existsSync(old)).toBe(false);
});
