import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { withApi } from '../api/with-api';
import { writeFiles } from './pack-source';
import { answerNext, openTestWorker, suiteOf, testedPack } from './test-worker';

const testApi = withApi();
let worker: WorkerAccess;
beforeAll(() => {
  worker = openTestWorker(testApi());
});

const get = (path: string, token = testApi().admin) => testApi().call('GET', `/packs/${path}`, undefined, token);
const post = (path: string, payload: object = {}, token = testApi().admin) =>
  testApi().call('POST', `/packs/${path}`, payload, token);
const register = (path: string, more: object = {}) => post('register', { path, ...more });
const countRequests = async (): Promise<number> =>
  (await testApi().owner.query<{ count: number }>('select count(*)::int from pack_test_request')).rows[0]!.count;
/** What was copied and is not registered. */
const stagedFiles = () =>
  readdirSync(join(testApi().packsDirectory, '1')).filter((name) => name.startsWith('.staging-'));

/** Registers a pack, while a worker ends its tests with a status. */
async function registerTested(ref: string, status: 'passed' | 'failed') {
  const directory = testedPack(testApi(), ref);
  const [response] = await Promise.all([register(directory), answerNext(worker, status)]);
  return response;
}

test('a worker gets the copy of the files, and the result is recorded', async () => {
  const directory = testedPack(testApi(), 'sums', ', timeout: 2.5');
  const registering = register(directory);

  const claimed = await answerNext(worker, 'passed');

  expect((await registering).statusCode).toBe(201);
  const suite = { name: 'all', runner: 'script', entryPoint: 'tests/all.sh', timeoutSeconds: 2.5, format: 'simple' };
  expect(claimed).toMatchObject({ tenant: 1, packRef: 'sums', network: 'full', isInstalled: false, suites: [suite] });
  expect(claimed.directory.startsWith(join(testApi().packsDirectory, '1', '.staging-'))).toBe(true);
  expect((await get('sums/tests/latest')).json()).toEqual({
    data: {
      id: expect.any(Number) as number,
      packId: expect.any(Number) as number,
      packVersion: '1.0.0',
      executionTime: expect.any(String) as string,
      triggerReason: 'install',
      created: expect.any(String) as string,
      totalTests: 1,
      passed: 1,
      failed: 0,
      skipped: 0,
      passRate: 1,
      durationMs: expect.any(Number) as number,
      result: expect.objectContaining({ packRef: 'sums', status: 'passed', testSuites: [suiteOf('passed')] }) as object,
    },
  });
  expect([await countRequests(), stagedFiles()]).toEqual([0, []]);
});

test('a pack whose tests fail is refused whole', async () => {
  const response = await registerTested('broken', 'failed');

  expect([response.statusCode, response.json()]).toEqual([
    400,
    {
      error: 'Pack registration failed: tests did not pass (1 of 1 failed). Use force to register the pack anyway.',
      code: 'BAD_REQUEST',
      details: {
        reason: 'PACK_TESTS_FAILED',
        total: 1,
        passed: 0,
        failed: 1,
        failures: [{ suite: 'all', name: 'adds', message: null }],
      },
    },
  ]);
  expect((await get('broken')).statusCode).toBe(404);
  expect([await countRequests(), stagedFiles()]).toEqual([0, []]);
  expect(existsSync(join(testApi().packsDirectory, '1', 'broken'))).toBe(false);
});

test('an installed pack stays as it is when tests of its update fail', async () => {
  await registerTested('stays', 'passed');
  const storage = async () =>
    (await testApi().owner.query<{ storage: string }>(`select storage, version from pack where ref = 'stays'`)).rows;
  const before = await storage();
  const directory = testedPack(testApi(), 'stays', '', '2.0.0');

  const [installed] = await Promise.all([post('install', { source: directory }), answerNext(worker, 'failed')]);

  expect(installed.statusCode).toBe(400);
  expect(await storage()).toEqual(before);
  expect((await get('stays/tests')).json()).toMatchObject({ pagination: { total_items: 1 } });
  const [forced] = await Promise.all([register(directory, { force: true }), answerNext(worker, 'failed')]);
  expect([forced.statusCode, (await get('stays/tests/latest')).json()]).toMatchObject([
    201,
    { data: { triggerReason: 'update', packVersion: '2.0.0', failed: 1, passRate: 0 } },
  ]);
});

test('tests that are skipped or not enabled are not requested', async () => {
  const skipped = await register(testedPack(testApi(), 'skipped'), { skip_tests: true });
  const files = { 'pack.yaml': 'ref: disabled\nversion: 1.0.0\ntesting: {enabled: false, runners: 7}\n' };
  const directory = writeFiles(join(testApi().scratch, 'sources/disabled'), files);
  const installed = await post('install', { source: directory });

  expect([skipped.statusCode, installed.statusCode]).toEqual([201, 200]);
  expect(installed.json()).toMatchObject({ data: { test_result: null, tests_skipped: true } });
  expect((await get('skipped/tests/latest')).statusCode).toBe(404);
  expect((await get('skipped/tests')).json()).toMatchObject({ items: [], pagination: { total_items: 0 } });
});

test('nothing is tested for a caller who could not register the pack', async () => {
  await registerTested('taken', 'passed');
  const guest = await testApi().createUser('guest', 'core.viewer');

  expect((await register(testedPack(testApi(), 'taken'))).statusCode).toBe(409);
  const forbidden = await post('register', { path: testedPack(testApi(), 'other') }, guest);
  expect(forbidden.statusCode).toBe(403);
  expect(await worker.claimPackTest()).toBeNull();
});

test('a section that is not valid refuses the pack unless forced', async () => {
  const directory = testedPack(testApi(), 'invalid', ', type: jest');

  const refused = await register(directory);
  expect(refused.json()).toMatchObject({
    code: 'BAD_REQUEST',
    error: 'type must be one of script, unittest, pytest, node',
    details: { reason: 'PACK_BAD_MANIFEST', path: 'testing.runners.all.type' },
  });
  expect((await get('invalid')).statusCode).toBe(404);
  expect((await register(directory, { force: true })).statusCode).toBe(201);
  expect((await post('invalid/test')).json()).toMatchObject({ details: { path: 'testing.runners.all.type' } });
});

test('a batch states the result of each pack, and which tests failed', async () => {
  const [passing, failing] = [testedPack(testApi(), 'batch1'), testedPack(testApi(), 'batch2')];
  const registering = post('register-batch', { pack_paths: [passing, failing] });
  await answerNext(worker, 'passed');
  await answerNext(worker, 'failed');

  expect((await registering).json()).toMatchObject({
    data: {
      registered_packs: [
        { pack_ref: 'batch1', test_result: { status: 'passed', total_tests: 1, passed: 1, failed: 0 } },
      ],
      failed_packs: [{ pack_path: failing, error_stage: 'testing' }],
    },
  });
});

test('an installed pack is tested in its own directory, with a record', async () => {
  await registerTested('again', 'passed');
  const testing = post('again/test');
  const claimed = await answerNext(worker, 'failed');

  expect((await testing).json()).toMatchObject({ data: { packRef: 'again', status: 'failed', totalTests: 1 } });
  const { rows } = await testApi().owner.query<{ storage: string }>(`select storage from pack where ref = 'again'`);
  expect([claimed.isInstalled, claimed.directory]).toEqual([true, rows[0]!.storage]);
  const audited = await testApi().owner.query(`select actor_login, http_status from audit_event
    where http_path = '/api/v1/packs/again/test'`);
  expect(audited.rows).toEqual([{ actor_login: DEFAULT_USER.login, http_status: 200 }]);
  const records = (await get('again/tests')).json<{ items: { triggerReason: string }[] }>().items;
  expect(records.map(({ triggerReason }) => triggerReason)).toEqual(['manual', 'install']);
});

test.each([
  ['core', 'has no section testing'],
  ['skipless', 'has no section testing'],
  ['disabled', 'is not enabled'],
])('the pack %s has no tests to run: %s', async (ref, why) => {
  await testApi().call('POST', '/packs', { ref: 'skipless', label: 'No files', version: '1.0.0' });

  const response = await post(`${ref}/test`);

  expect([response.statusCode, response.json()]).toMatchObject([400, { details: { reason: 'PACK_NO_TESTS' } }]);
  expect(response.json<{ error: string }>().error).toContain(why);
});

test('who may read a pack but not execute its actions does not test it', async () => {
  await registerTested('guarded', 'passed');
  const [viewer, executor] = [
    await testApi().createUser('reads-packs', 'core.viewer'),
    await testApi().createUser('runs-actions', 'core.executor'),
  ];
  await testApi().owner.query(`update pack set installed_by = null where ref = 'guarded'`);

  const refused = await post('guarded/test', {}, viewer);
  const missing = { code: 'FORBIDDEN', error: 'Insufficient permissions: actions:execute' };
  expect([refused.statusCode, refused.json()]).toMatchObject([403, missing]);
  expect(await worker.claimPackTest()).toBeNull();
  expect((await get('guarded/tests', viewer)).statusCode).toBe(200);

  const [tested] = await Promise.all([post('guarded/test', {}, executor), answerNext(worker, 'passed')]);
  expect(tested.statusCode).toBe(200);
});
